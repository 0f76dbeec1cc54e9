using Parley.Media;

namespace Parley;

/// <summary>Receives a track from the peer (webrtc-pc §5.3).</summary>
/// <remarks>RTCRtpReceiver.</remarks>
public sealed class RtpReceiver
{
    private readonly PeerConnection _connection;

    internal RtpReceiver(PeerConnection connection, MediaKind kind, string? trackId)
    {
        _connection = connection;
        Track = new MediaStreamTrack(kind, id: trackId, label: kind == MediaKind.Audio ? "remote audio" : "remote video");
        Track.SetMuted(true);
        Flow = new ReceiverFlow(connection, this);
    }

    /// <summary>The remote track; muted until media arrives.</summary>
    public MediaStreamTrack Track { get; }

    /// <summary>The transport that brings it; null before negotiation.</summary>
    public DtlsTransport? Transport => TransportSlot?.Dtls;

    internal RtpTransceiver Transceiver { get; set; } = null!;

    internal PeerTransport? TransportSlot { get; set; }

    /// <summary>[[AssociatedRemoteMediaStreams]].</summary>
    internal IReadOnlyList<MediaStream> RemoteStreams { get; set; } = [];

    /// <summary>[[ReceiveCodecs]].</summary>
    internal IReadOnlyList<RtpCodecParameters> ReceiveCodecs { get; set; } = [];

    /// <summary>Takes frames from the transport loop to the track.</summary>
    internal ReceiverFlow Flow { get; }

    /// <summary>What can be received of a kind of media.</summary>
    public static RtpCapabilities GetCapabilities(MediaKind kind) => CodecCatalog.Capabilities(kind);

    /// <summary>The figures of what this receives (webrtc-pc §5.3, getStats).</summary>
    public Task<StatsReport> GetStatsAsync() => _connection.CollectStats(null, this);

    /// <summary>How the track is received (webrtc-pc §5.3, getParameters).</summary>
    public RtpReceiveParameters GetParameters()
    {
        lock (_connection.Gate)
        {
            return new RtpReceiveParameters(_connection.NegotiatedExtensions(Transceiver), new RtcpParameters("", ReceiveCodecs.Count > 0), ReceiveCodecs);
        }
    }
}
