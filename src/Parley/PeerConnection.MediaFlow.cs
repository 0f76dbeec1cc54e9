using Parley.Media;
using Parley.Rtp;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

// From what was negotiated to what the RTP sessions do.
public sealed partial class PeerConnection
{
    /// <summary>Brings the flow of a transceiver's media in line with what was negotiated. Called with the gate held.</summary>
    internal void UpdateMediaFlow(RtpTransceiver transceiver)
    {
        // Media follows what was answered. An offer that is only pending widens what is received, and changes nothing else yet.
        var (local, remote) = AnsweredDescriptions();
        var section = _sections.FirstOrDefault(candidate => candidate.Transceiver == transceiver);
        var offered = OfferedToReceive(section);
        if (section?.Transport is not { } transport
            || transceiver.CurrentDirection is not { } direction
            || transceiver.IsStopping
            || local is null
            || remote is null
            || section.Index >= remote.Document.Media.Count)
        {
            if (offered is null)
            {
                EndMediaFlow(transceiver);
            }
            else
            {
                Configure(transceiver, section!.Transport!, null, EarlyInboundOptions(transceiver.Receiver, section, offered));
            }

            return;
        }

        var remoteMedia = remote.Document.Media[section.Index];
        var localMedia = local.Document.Media[section.Index];
        transceiver.Receiver.SetEncodings(remote.Document.SimulcastRidsOf(remoteMedia, toReceive: false));
        var used = (bool sending) =>
            ExtensionsOf(UsedExtensions(transceiver.Kind, local.Document, localMedia, remote.Document, remoteMedia, sending));
        var encodings = direction.Sends() ? Encodings(transceiver, section, remoteMedia, used(true)) : null;
        transceiver.Sender.Flow.SetPlan(encodings is null
            ? null
            : new SendPlan(transport.Driven, CodecsToSend(transceiver, remoteMedia), remoteMedia.Kind, encodings));
        var inbound = direction.Receives()
            ? InboundOptions(transceiver.Receiver, section, localMedia, remoteMedia, used(false))
            : offered is null ? null : EarlyInboundOptions(transceiver.Receiver, section, offered);
        if (inbound is null)
        {
            transceiver.Receiver.MuteEncodings();
        }

        Configure(transceiver, transport, encodings, inbound is null || offered is null ? inbound : WithOffered(inbound, offered));
    }

    private void Configure(
        RtpTransceiver transceiver, PeerTransport transport, IReadOnlyList<EncodingPlan>? encodings, RtpInboundOptions? inbound)
    {
        if (transceiver.MediaTransport is { } former && former != transport)
        {
            former.EndSection(transceiver, keepsFigures: false);
        }

        transceiver.MediaTransport = transport;
        var section = new SectionPlan(transceiver.Number)
        {
            Sent = encodings?.Select(static encoding => new SentEncoding(encoding.Options, encoding.Parameters.Active)).ToArray(),
            Received = inbound,
        };
        transport.SetSection(transceiver, section, HasReducedSizeRtcp(transport));
    }

    /// <summary>
    /// Sends and receives nothing more, and says goodbye for each stream that was sent (webrtc-pc §5.4, "stop sending and receiving").
    /// </summary>
    internal void EndMediaFlow(RtpTransceiver transceiver)
    {
        transceiver.Sender.Flow.SetPlan(null);
        transceiver.MediaTransport = null;
        var isStopping = transceiver.IsStopping;
        foreach (var transport in _transports)
        {
            transport.EndSection(transceiver, keepsFigures: isStopping);
        }
    }

    /// <summary>Whether reduced-size RTCP has been negotiated (RFC 5506). With the gate held.</summary>
    internal bool HasReducedSizeRtcp(RtpTransceiver transceiver) =>
        _sections.FirstOrDefault(section => section.Transceiver == transceiver) is { IsRejected: false } section
        && _currentLocal?.Document.Media.ElementAtOrDefault(section.Index) is { RtcpReducedSize: true }
        && _currentRemote?.Document.Media.ElementAtOrDefault(section.Index) is { RtcpReducedSize: true };

    // RFC 5506 §5: RTCP is the transport's, so that all sections on it must allow it. A bundled one may leave the line to the tagged
    // section.
    private bool HasReducedSizeRtcp(PeerTransport transport)
    {
        var (local, remote) = AnsweredDescriptions();
        return _sections.Where(section => section.Transport == transport && section is { IsRejected: false, Transceiver: not null })
            .All(section => Allows(local, section.Index) && Allows(remote, section.Index));
    }

    // What is not described yet forbids nothing.
    private static bool Allows(AppliedDescription? description, int index) =>
        description?.Document.Media.ElementAtOrDefault(index) is not { } media
            || media.RtcpReducedSize
            || description.Document.TaggedSectionOf(media).RtcpReducedSize;

    /// <summary>The descriptions that media follows: those that were answered last, provisionally or not.</summary>
    private (AppliedDescription? Local, AppliedDescription? Remote) AnsweredDescriptions() =>
        SignalingState is SignalingState.HaveLocalPranswer or SignalingState.HaveRemotePranswer
            ? (_pendingLocal ?? _currentLocal, _pendingRemote ?? _currentRemote)
            : (_currentLocal, _currentRemote);

    private void UpdateAllMediaFlows()
    {
        foreach (var transceiver in _transceivers)
        {
            UpdateMediaFlow(transceiver);
        }
    }

    /// <summary>
    /// What the pending local offer says of a section that it offers to receive: the answerer may send before its answer is here (webrtc-pc
    /// §4.4.1.5, [[Receptive]]). That can be on a transport with an association alone; before a first answer there is no key to open
    /// anything with.
    /// </summary>
    private MediaDescription? OfferedToReceive(MediaSection? section) =>
        SignalingState == SignalingState.HaveLocalOffer && section is { Transceiver.IsReceptive: true, Transport.DtlsRole: not null }
            ? _pendingLocal!.Document.Media[section.Index]
            : null;

    /// <summary>
    /// A local offer has been set: receives from now on what it offers to receive, and no more what an offer before it did.
    /// </summary>
    private void ReceiveAsOffered()
    {
        foreach (var section in _sections)
        {
            if (section.Transceiver is { } transceiver
                && (OfferedToReceive(section) is not null || transceiver is { CurrentDirection: null, MediaTransport: not null }))
            {
                UpdateMediaFlow(transceiver);
            }
        }
    }

    /// <summary>The encodings with their streams; they have names on the wire where the peer has agreed to receive them by name.</summary>
    private IReadOnlyList<EncodingPlan> Encodings(
        RtpTransceiver transceiver, MediaSection section, MediaDescription remote, RtpHeaderExtensions extensions)
    {
        var sender = transceiver.Sender;
        var codecs = CodecsToSend(transceiver, remote);
        var named = remote.SimulcastRids(toReceive: true);
        var options = new RtpOutboundOptions { Mid = section.Mid, Codecs = ToRtpCodecs(codecs, remote.Kind), Extensions = extensions };
        var hasRtx = codecs.Any(codec => codec.Is("rtx"));
        var bound = BoundOfEach(transceiver, remote);
        return [.. sender.SendEncodings.Select(encoding =>
        {
            var flow = sender.Flow.EncodingOf(encoding.Rid);
            return new EncodingPlan(
                flow, bound < (encoding.MaxBitrate ?? uint.MaxValue) ? encoding with { MaxBitrate = bound } : encoding, options with
            {
                Ssrc = new Ssrc(flow.Ssrc),
                RtxSsrc = hasRtx ? new Ssrc(flow.RtxSsrc) : null,
                Rid = encoding.Rid is { } rid && named.Contains(rid) ? rid : null,
            });
        })];
    }

    /// <summary>
    /// RFC 9429 §5.10: "set this value as a constraint on the maximum RTP bitrate", which active encodings share alike. Of sound nothing is
    /// left out for it: gateways write less than their own codec of a fixed rate takes.
    /// </summary>
    private static uint? BoundOfEach(RtpTransceiver transceiver, MediaDescription remote) =>
        transceiver.Kind == MediaKind.Video && remote.MaxRtpBitrate is { } bound
            ? (uint)Math.Min(uint.MaxValue, bound / (ulong)Math.Max(1, transceiver.Sender.SendEncodings.Count(encoding => encoding.Active)))
            : null;

    private static RtpInboundOptions InboundOptions(
        RtpReceiver receiver, MediaSection section, MediaDescription local, MediaDescription remote, RtpHeaderExtensions extensions)
    {
        // The first group of a source counts.
        var groups = remote.SsrcGroups.Where(group => group is { Semantics: "FID", Ssrcs.Count: 2 }).DistinctBy(group => group.Ssrcs[0]);
        var repairs = groups.ToDictionary(group => group.Ssrcs[0], group => group.Ssrcs[1]);
        var sources = remote.Ssrcs.Select(line => line.Ssrc).Distinct().Where(ssrc => !repairs.ContainsValue(ssrc));
        return new RtpInboundOptions
        {
            Mid = section.Mid,
            Codecs = ToRtpCodecs(CodecDescription.ReadFrom(local), local.Kind),
            Extensions = extensions,
            Sources =
                [.. sources.Select(ssrc =>
                    new RtpSignaledSource(new Ssrc(ssrc), repairs.TryGetValue(ssrc, out var rtx) ? new Ssrc(rtx) : null))],
            Rids = [.. remote.SimulcastRids(toReceive: false)],
            JitterBufferTarget = TargetOf(receiver),
        };
    }

    private RtpInboundOptions EarlyInboundOptions(RtpReceiver receiver, MediaSection section, MediaDescription offered) => new()
    {
        Mid = section.Mid,
        Codecs = ToRtpCodecs(CodecDescription.ReadFrom(offered), offered.Kind),
        Extensions = ExtensionsOf([
            .. from extension in _pendingLocal!.Document.UsableExtMapsOf(offered)
               where extension.TransceiverDirection().Receives()
               select new RtpHeaderExtensionParameters(extension.Uri, extension.Id),
        ]),
        JitterBufferTarget = TargetOf(receiver),
    };

    /// <summary>
    /// What is received already, and the payload types that the offer adds. The ids of header extensions in use do not change.
    /// </summary>
    private static RtpInboundOptions WithOffered(RtpInboundOptions options, MediaDescription offered) => options with
    {
        Codecs =
        [
            .. options.Codecs,
            .. ToRtpCodecs(CodecDescription.ReadFrom(offered), offered.Kind).Where(codec => !options.Codecs.Any(known =>
                known.PayloadType == codec.PayloadType || known.RtxPayloadType == codec.PayloadType)),
        ],
    };

    private static TimeSpan? TargetOf(RtpReceiver receiver) =>
        receiver.JitterBufferTarget is { } target ? TimeSpan.FromMilliseconds(target) : null;

    private static IReadOnlyList<Rtp.RtpCodec> ToRtpCodecs(IReadOnlyList<CodecDescription> codecs, string kind) =>
    [
        .. codecs.Where(codec => !codec.Is("rtx")).Select(codec => new Rtp.RtpCodec
        {
            PayloadType = new PayloadType((byte)codec.PayloadType),
            Name = codec.Name,
            ClockRate = codec.ClockRate,
            Channels = kind == "audio" ? codec.Channels : 0,
            Fmtp = codec.Parameters ?? "",
            Feedback = codec.Feedback.Aggregate(RtpFeedback.None, (flags, line) => flags | FeedbackOf(line)),
            RtxPayloadType = codecs.FirstOrDefault(rtx => rtx.AssociatedPayloadType == codec.PayloadType) is { } repair
                ? new PayloadType((byte)repair.PayloadType)
                : null,
        }),
    ];

    private static RtpFeedback FeedbackOf(RtcpFeedback line) => (line.Type.ToLowerInvariant(), line.Parameter?.ToLowerInvariant()) switch
    {
        ("nack", null) => RtpFeedback.Nack,
        ("nack", "pli") => RtpFeedback.Pli,
        ("ccm", "fir") => RtpFeedback.Fir,
        ("transport-cc", null) => RtpFeedback.TransportCc,
        ("goog-remb", null) => RtpFeedback.Remb,
        _ => RtpFeedback.None,
    };

    private static RtpHeaderExtensions ExtensionsOf(IReadOnlyList<RtpHeaderExtensionParameters> used)
    {
        byte Id(string uri) => (byte)(used.FirstOrDefault(extension => extension.Uri == uri)?.Id ?? 0);
        return new RtpHeaderExtensions
        {
            Mid = Id(CodecCatalog.MidExtension),
            Rid = Id(CodecCatalog.RidExtension),
            RepairedRid = Id(CodecCatalog.RepairedRidExtension),
            AbsoluteSendTime = Id(CodecCatalog.AbsoluteSendTimeExtension),
            AudioLevel = Id(CodecCatalog.AudioLevelExtension),
            MixerAudioLevel = Id(CodecCatalog.MixerAudioLevelExtension),
            AbsoluteCaptureTime = Id(CodecCatalog.AbsoluteCaptureTimeExtension),
            VideoOrientation = Id(CodecCatalog.VideoOrientationExtension),
        };
    }
}
