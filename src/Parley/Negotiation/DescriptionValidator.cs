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
            throw new RtcError(RtcErrorDetail.SdpSyntaxError, $"The SDP is malformed in line {error.LineNumber}: {error.Message}")
            {
                SdpLineNumber = error.LineNumber,
            };
        }

        if (remote)
        {
            ImplyMids(document);
            CheckSyntax(document);
            CheckMids(document);
            CheckStreams(document);
            CheckOrder(document);
            for (var i = 0; i < document.Media.Count; i++)
            {
                new SectionValidator(document, document.Media[i], i).Check();
            }

            if (description.Type != SdpType.Offer)
            {
                new AnswerValidator(connection, document).Check();
            }

            new ExtensionContinuity(connection, document, isOffer: description.Type == SdpType.Offer).Check();
            new TransportContinuity(connection, document, isOffer: description.Type == SdpType.Offer).Check();
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

    /// <summary>
    /// A group may name sections that have no mid line: an answer's have the offer's, those of a first offer their places' numbers, as
    /// browsers take it.
    /// </summary>
    private void ImplyMids(SdpDocument document)
    {
        var sections = description.Type == SdpType.Offer ? connection.Sections : connection.OfferedSections;
        for (var i = 0; i < document.Media.Count; i++)
        {
            var mid = i < sections.Count ? sections[i].Mid : i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (document.Media[i].Mid is null && document.BundleGroupOf(mid) is not null && document.MediaByMid(mid) is null)
            {
                document.Media[i].Mid = mid;
            }
        }
    }

    // RFC 9429 §5.8: "If any line is not well formed or cannot be parsed as described, the parser MUST stop with an error". What is well
    // formed and contradicts itself is invalid content, which webrtc-pc tells apart.
    private static void CheckSyntax(SdpDocument document)
    {
        var errors = SdpValidation.Check(document);
        if (errors.FirstOrDefault(error => !IsContent(error.Reason)) is { } malformed)
        {
            throw new RtcError(RtcErrorDetail.SdpSyntaxError, $"The SDP is malformed in line {malformed.LineNumber}: {malformed.Message}")
            {
                SdpLineNumber = malformed.LineNumber,
            };
        }

        if (errors.Count > 0)
        {
            throw Invalid($"Line {errors[0].LineNumber}: {errors[0].Message}.");
        }
    }

    private static bool IsContent(SdpErrorReason reason) =>
        reason is SdpErrorReason.DuplicateMid or SdpErrorReason.MissingMid or SdpErrorReason.UnknownBundleMid
            or SdpErrorReason.DuplicateBundleMid or SdpErrorReason.MissingIceCredentials or SdpErrorReason.MissingFingerprint
            or SdpErrorReason.MissingSetup
            or SdpErrorReason.DuplicateDirection or SdpErrorReason.ConflictingPayloadType or SdpErrorReason.ConflictingExtMap
            or SdpErrorReason.ExtMapIdOutOfRange
            or SdpErrorReason.PayloadTypeOutOfRange;

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

    // RFC 8830 §3.2: a pair of ids names one section.
    private static void CheckStreams(SdpDocument document)
    {
        var seen = new HashSet<MediaStreamIdAttribute>();
        foreach (var media in document.Media)
        {
            MediaStreamIdAttribute[] pairs = [.. media.MediaStreamIds.Where(line => line.TrackId is not null).Distinct()];
            if (Array.Find(pairs, pair => !seen.Add(pair)) is { } pair)
            {
                throw Invalid($"Two sections have the same msid '{pair}'.");
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
                var offered = document.Media[i];
                if (known[i].IsRejected)
                {
                    continue;
                }

                // RFC 3264 §8.3.3: the media type of a section in use stays, and so does its mid.
                if ((offered.Mid is { } mid && mid != known[i].Mid) || offered.Kind != known[i].Kind)
                {
                    throw Invalid($"Section {i} was negotiated as {known[i].Kind} with the mid '{known[i].Mid}'.");
                }
            }

            return;
        }

        var sections = connection.OfferedSections;
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
        }
    }

    internal static RtcException Invalid(string message) => new(RtcErrorNames.InvalidAccessError, message);
}
