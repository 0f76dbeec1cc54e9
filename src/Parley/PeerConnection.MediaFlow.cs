using Parley.Rtp;
using Parley.Sdp;

namespace Parley;

// From what was negotiated to what the RTP sessions do.
public sealed partial class PeerConnection
{
    /// <summary>Brings the flow of a transceiver's media in line with what was negotiated. Called with the gate held.</summary>
    internal void UpdateMediaFlow(RtpTransceiver transceiver)
    {
        // Media follows what was answered: an offer that is only pending changes nothing yet.
        var isProvisional = SignalingState is SignalingState.HaveLocalPranswer or SignalingState.HaveRemotePranswer;
        var (local, remote) = isProvisional ? (_pendingLocal ?? _currentLocal, _pendingRemote ?? _currentRemote) : (_currentLocal, _currentRemote);
        var section = _sections.FirstOrDefault(candidate => candidate.Transceiver == transceiver);
        if (section?.Transport is not { } transport
            || transceiver.CurrentDirection is not { } direction
            || transceiver.IsStopped
            || local is null
            || remote is null
            || section.Index >= remote.Document.Media.Count)
        {
            transceiver.Sender.Flow.SetPlan(null);
            foreach (var other in _transports)
            {
                Loop.Post(other.Stack, stack => stack.Remove(transceiver.Sender.Flow, transceiver.Receiver.Flow));
            }

            return;
        }

        var remoteMedia = remote.Document.Media[section.Index];
        var localMedia = local.Document.Media[section.Index];
        var sendCodecs = CodecsToSend(transceiver, remoteMedia);
        transceiver.Sender.Flow.SetPlan(direction.Sends() ? new SendPlan(sendCodecs, remoteMedia.Kind) : null);
        var plan = new MediaFlowPlan(
            transceiver.Sender.Flow,
            transceiver.Receiver.Flow,
            direction.Sends() ? OutboundOptions(transceiver, section, remoteMedia, sendCodecs) : null,
            direction.Sends() && !transceiver.IsStopping && transceiver.Sender.SendEncodings.Any(encoding => encoding.Active),
            direction.Receives() ? InboundOptions(section, localMedia, remoteMedia) : null);
        Loop.Post(transport.Stack, stack => stack.Configure(plan));
    }

    private void UpdateAllMediaFlows()
    {
        foreach (var transceiver in _transceivers)
        {
            UpdateMediaFlow(transceiver);
        }
    }

    private static RtpOutboundOptions OutboundOptions(RtpTransceiver transceiver, MediaSection section, MediaDescription remote, IReadOnlyList<CodecDescription> codecs)
    {
        var hasRtx = codecs.Any(codec => codec.Is("rtx"));
        return new RtpOutboundOptions
        {
            Ssrc = new Ssrc(transceiver.Sender.Flow.Ssrc),
            RtxSsrc = hasRtx ? new Ssrc(transceiver.Sender.Flow.RtxSsrc) : null,
            Mid = section.Mid,
            Codecs = ToRtpCodecs(codecs, remote.Kind),
            Extensions = ExtensionsOf(remote),
        };
    }

    private static RtpInboundOptions InboundOptions(MediaSection section, MediaDescription local, MediaDescription remote)
    {
        var groups = remote.SsrcGroups.Where(group => group is { Semantics: "FID", Ssrcs.Count: 2 }).ToArray();
        var repairs = groups.ToDictionary(group => group.Ssrcs[0], group => group.Ssrcs[1]);
        var sources = remote.Ssrcs.Select(line => line.Ssrc).Distinct().Where(ssrc => !repairs.ContainsValue(ssrc));
        return new RtpInboundOptions
        {
            Mid = section.Mid,
            Codecs = ToRtpCodecs(CodecDescription.ReadFrom(local), local.Kind),
            Extensions = ExtensionsOf(local),
            Sources = [.. sources.Select(ssrc => new RtpSignaledSource(new Ssrc(ssrc), repairs.TryGetValue(ssrc, out var rtx) ? new Ssrc(rtx) : null))],
            Rids = [.. remote.SimulcastRids(toReceive: false)],
        };
    }

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
            RtxPayloadType = codecs.FirstOrDefault(rtx => rtx.AssociatedPayloadType == codec.PayloadType) is { } repair ? new PayloadType((byte)repair.PayloadType) : null,
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

    private static RtpHeaderExtensions ExtensionsOf(MediaDescription media)
    {
        byte Id(string uri) => (byte)(media.ExtMaps.FirstOrDefault(extension => extension.Uri == uri)?.Id ?? 0);
        return new RtpHeaderExtensions
        {
            Mid = Id(CodecCatalog.MidExtension),
            Rid = Id(CodecCatalog.RidExtension),
            RepairedRid = Id(CodecCatalog.RepairedRidExtension),
            AbsoluteSendTime = Id(CodecCatalog.AbsoluteSendTimeExtension),
            AudioLevel = Id(CodecCatalog.AudioLevelExtension),
        };
    }
}
