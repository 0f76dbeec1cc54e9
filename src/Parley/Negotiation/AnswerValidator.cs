using Parley.Sdp;

namespace Parley;

/// <summary>What a remote answer must agree on with the offer that it answers (RFC 9429 §5.8.3, §5.10, §5.11).</summary>
internal sealed class AnswerValidator(PeerConnection connection, SdpDocument answer)
{
    private readonly SdpDocument _offer = connection.PendingLocal!.Document;

    public void Check()
    {
        CheckGroups();
        for (var i = 0; i < answer.Media.Count; i++)
        {
            var section = connection.OfferedSections[i];

            if (!answer.Media[i].IsRejected)
            {
                CheckSection(section, _offer.Media[i], answer.Media[i]);
            }
        }
    }

    // RFC 8843 §7.3: an answer's group holds mids of one offered group.
    private void CheckGroups()
    {
        foreach (var group in answer.BundleGroups)
        {
            if (!_offer.BundleGroups.Any(offered => group.All(offered.Contains)))
            {
                throw DescriptionValidator.Invalid($"The answer bundles {string.Join(' ', group)}, which the offer did not.");
            }
        }
    }

    private void CheckSection(MediaSection section, MediaDescription offered, MediaDescription answered)
    {
        if (offered.IsRejected)
        {
            throw Invalid(section, "was rejected by the offer and is accepted by the answer");
        }

        // RFC 8842 §5.3: the answerer chooses; and what it chooses is not the same as what was offered.
        if (answer.SetupOf(answer.TaggedSectionOf(answered)) is SetupRole.ActPass)
        {
            throw Invalid(section, "leaves the DTLS role open");
        }

        // RFC 9429 §5.11: "the media type and protocol values MUST exactly match". Gateways answer with another profile, and mean the same.
        if (!SectionProtocol.IsSupported(answered))
        {
            throw Invalid(section, $"has the protocol {answered.Protocol}, which cannot be used");
        }

        CheckDirection(section, offered, answered);
        LogUnofferedFeedback(section, offered, answered);

        // RFC 8843 §7.3.2: only a section with an address of its own in the offer can leave its group.
        if (!connection.CanUnbundle
            && section.Transport is { } transport
            && connection.OfferedSections.First(other => other.Transport == transport) is var first && first.Index != section.Index
            && answer.BundleGroupOf(section.Mid) is not { } && !answer.Media[first.Index].IsRejected)
        {
            throw Invalid(section, "leaves the transport that it shares, and has no other");
        }
    }

    // RFC 3264 §6.1: what the offer does not receive cannot be sent, and what it does not send cannot be received.
    private void CheckDirection(MediaSection section, MediaDescription offered, MediaDescription answered)
    {
        var possible = _offer.TransceiverDirectionOf(offered).Reverse();
        var chosen = answer.TransceiverDirectionOf(answered);
        if (!section.IsData && chosen.Intersect(possible) != chosen)
        {
            throw Invalid(section, $"is {chosen.ToW3CName()}, and {_offer.TransceiverDirectionOf(offered).ToW3CName()} was offered");
        }
    }

    // RFC 9429 §5.11 makes an error of "RTCP feedback mechanisms that were not present in the corresponding 'm=' section in the offer".
    // Many servers add them, and browsers ignore them (docs/negotiation.md, "Deliberate deviations"): what this side does not offer it does
    // not use.
    private void LogUnofferedFeedback(MediaSection section, MediaDescription offered, MediaDescription answered)
    {
        var mechanisms = offered.RtcpFeedback.Select(line => (line.Type, line.Parameter)).ToHashSet();
        foreach (var (type, parameter) in answered.RtcpFeedback.Select(line => (line.Type, line.Parameter)).Distinct().Where(line =>
            !mechanisms.Contains(line)))
        {
            ConnectionLog.FeedbackNotOffered(connection.Logger, section.Index, type, parameter ?? "");
        }
    }

    private static RtcException Invalid(MediaSection section, string fault) =>
        DescriptionValidator.Invalid($"Section {section.Index} {fault}.");
}
