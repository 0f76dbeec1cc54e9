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
            if (!answer.Media[i].IsRejected)
            {
                CheckSection(connection.Sections[i], _offer.Media[i], answer.Media[i]);
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

        // "For each 'm=' section, the media type and protocol values MUST exactly match". Older peers leave out or add the transport's name.
        if (!SectionProtocol.IsSupported(answered))
        {
            throw Invalid(section, $"has the protocol {answered.Protocol}, which was not offered");
        }

        if (answer.SetupOf(answer.TaggedSectionOf(answered)) is SetupRole.ActPass)
        {
            throw Invalid(section, "leaves the DTLS role open");
        }

        // "If the 'm=' section references RTCP feedback mechanisms that were not present in the corresponding 'm=' section in the offer, this
        // indicates a negotiation problem and MUST result in an error."
        var mechanisms = offered.RtcpFeedback.Select(line => (line.Type, line.Parameter)).ToHashSet();
        if (answered.RtcpFeedback.FirstOrDefault(line => !mechanisms.Contains((line.Type, line.Parameter))) is { } added)
        {
            throw Invalid(section, $"has the feedback '{added.Type} {added.Parameter}', which was not offered");
        }

        // RFC 8843 §7.3.2: only a section with an address of its own in the offer can leave its group.
        if (section.Transport is { } transport
            && connection.Sections.First(other => other.Transport == transport) is var first && first.Index != section.Index
            && answer.BundleGroupOf(section.Mid) is not { } && !answer.Media[first.Index].IsRejected)
        {
            throw Invalid(section, "leaves the transport that it shares, and has no other");
        }
    }

    private static RtcException Invalid(MediaSection section, string fault) => DescriptionValidator.Invalid($"Section {section.Index} {fault}.");
}
