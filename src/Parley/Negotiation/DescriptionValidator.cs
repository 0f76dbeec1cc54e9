using Parley.Sdp;

namespace Parley;

/// <summary>
/// Reads a description and refuses what RFC 9429 §5.8 to §5.11 refuse, before anything is changed. The exceptions are those of webrtc-pc
/// §4.4.1.5, "set the session description".
/// </summary>
internal sealed class DescriptionValidator(PeerConnection connection, SessionDescription description, bool remote)
{
    public SdpDocument Validate()
    {
        CheckState();
        if (!SdpDocument.TryParse(description.Sdp, out var document, out var error))
        {
            throw new RtcError(RtcErrorDetail.SdpSyntaxError, $"The SDP is malformed in line {error.LineNumber}: {error.Message}") { SdpLineNumber = error.LineNumber };
        }

        if (remote)
        {
            CheckMids(document);
            CheckOrder(document);
            for (var i = 0; i < document.Media.Count; i++)
            {
                CheckSection(document, document.Media[i], i);
            }
        }

        return document;
    }

    private void CheckState()
    {
        var state = connection.SignalingState;
        var allowed = (description.Type, remote) switch
        {
            (SdpType.Offer, false) => state is SignalingState.Stable or SignalingState.HaveLocalOffer,
            (SdpType.Offer, true) => state is SignalingState.Stable or SignalingState.HaveRemoteOffer,
            (_, false) => state is SignalingState.HaveRemoteOffer or SignalingState.HaveLocalPranswer,
            (_, true) => state is SignalingState.HaveLocalOffer or SignalingState.HaveRemotePranswer,
        };
        if (!allowed)
        {
            throw new RtcException(
                RtcErrorNames.InvalidStateError,
                $"A {(remote ? "remote" : "local")} {description.Type.ToW3CName()} cannot be set in state {state.ToW3CName()}.");
        }
    }

    private static void CheckMids(SdpDocument document)
    {
        var mids = document.Media.Select(media => media.Mid).OfType<string>().ToArray();
        if (mids.Distinct().Count() != mids.Length)
        {
            throw Invalid("Two sections have the same mid.");
        }

        foreach (var group in document.BundleGroups)
        {
            if (group.FirstOrDefault(mid => !mids.Contains(mid)) is { } unknown)
            {
                throw Invalid($"The BUNDLE group names the mid '{unknown}', which no section has.");
            }
        }
    }

    private void CheckOrder(SdpDocument document)
    {
        if (description.Type == SdpType.Offer)
        {
            // "validate back-to-back offers as if answers were applied in between": the sections of a pending offer count as negotiated.
            var known = connection.Sections;
            if (document.Media.Count < known.Count)
            {
                throw Invalid($"The offer has {document.Media.Count} sections, but {known.Count} were negotiated.");
            }

            for (var i = 0; i < known.Count; i++)
            {
                if (document.Media[i].Mid is { } mid && mid != known[i].Mid && !known[i].IsRejected)
                {
                    throw Invalid($"Section {i} has the mid '{mid}' but was negotiated as '{known[i].Mid}'.");
                }
            }

            return;
        }

        var sections = connection.Sections;
        if (document.Media.Count != sections.Count)
        {
            throw Invalid($"The answer has {document.Media.Count} sections, the offer {sections.Count}.");
        }

        for (var i = 0; i < sections.Count; i++)
        {
            var media = document.Media[i];
            if (media.Kind != sections[i].Kind || (media.Mid is { } mid && mid != sections[i].Mid))
            {
                throw Invalid($"Section {i} of the answer is not that of the offer.");
            }

            if (!media.IsRejected && document.SetupOf(media) is SetupRole.ActPass)
            {
                throw Invalid($"Section {i} of the answer leaves the DTLS role open.");
            }
        }
    }

    private static void CheckSection(SdpDocument document, MediaDescription media, int index)
    {
        if (media.IsRejected || media.Kind is not ("audio" or "video" or "application"))
        {
            return;
        }

        var tagged = media.Mid is { } mid && document.BundleGroupOf(mid) is { } group && group[0] != mid
            ? document.Media.First(other => other.Mid == group[0])
            : media;
        if (document.IceCredentialsOf(tagged) is not { } credentials)
        {
            throw Invalid($"Section {index} has no ICE credentials.");
        }

        // RFC 8839 §5.4: 4 to 256 and 22 to 256 characters.
        if (credentials.Ufrag.Length is < 4 or > 256 || credentials.Password.Length is < 22 or > 256)
        {
            throw Invalid($"The ICE credentials of section {index} are too short or too long.");
        }

        if (document.FingerprintsOf(tagged).Count == 0)
        {
            throw Invalid($"Section {index} has no certificate fingerprint.");
        }

        // RFC 9143 §9.3: bundled sections multiplex RTCP; those that ride on another's transport need not say so.
        if (media.Kind != "application" && ReferenceEquals(media, tagged) && !media.RtcpMux)
        {
            throw Invalid($"Section {index} does not multiplex RTCP, which is required.");
        }
    }

    private static RtcException Invalid(string message) => new(RtcErrorNames.InvalidAccessError, message);
}
