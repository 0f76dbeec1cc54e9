using Parley.Media;

namespace Parley;

/// <summary>Receives a track from the peer (webrtc-pc §5.3).</summary>
/// <remarks>RTCRtpReceiver.</remarks>
public sealed class RtpReceiver
{
    private const double MaxJitterBufferTarget = 4000;

    private readonly PeerConnection _connection;
    private readonly MediaKind _kind;
    private double? _jitterBufferTarget;

    internal RtpReceiver(PeerConnection connection, MediaKind kind, string? trackId)
    {
        _connection = connection;
        _kind = kind;
        Flow = new ReceiverFlow(connection, this);
        Track = NewTrack(trackId, rid: null);
        Track.Ended += (_, _) =>
        {
            foreach (var encoding in Encodings)
            {
                encoding.Track.End(connection.Queue.Raise);
            }
        };
    }

    /// <summary>The peer has begun to send a dial tone (RFC 4733; see <see cref="DtmfSender"/>). Raised once for each tone.</summary>
    public event EventHandler<DtmfToneEventArgs>? ToneStarted;

    /// <summary>The peer's dial tone is over; <see cref="DtmfToneEventArgs.Duration"/> says how long it lasted.</summary>
    public event EventHandler<DtmfToneEventArgs>? ToneEnded;

    /// <summary>
    /// The remote track; muted until media arrives. When the peer sends several encodings, it carries the best one that comes, changing
    /// over at key frames; <see cref="Encodings"/> has each by itself.
    /// </summary>
    public MediaStreamTrack Track { get; }

    /// <summary>The encodings that the peer announced to send, in its order; empty when it sends one without a name (RFC 8853).</summary>
    public IReadOnlyList<RtpReceivedEncoding> Encodings { get; private set; } = [];

    /// <summary>The transport that brings it; null before negotiation.</summary>
    public DtlsTransport? Transport => TransportSlot?.Dtls;

    /// <summary>
    /// How many milliseconds of media may be held to wait for what is missing; null for no preference (webrtc-pc §5.3). Frames are handed
    /// on encoded and at once; what the target changes is how long a gap holds up what follows it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than 4000.</exception>
    /// <exception cref="ArgumentException">Not a finite number.</exception>
    public double? JitterBufferTarget
    {
        get => _jitterBufferTarget;
        set
        {
            if (value is { } number && !double.IsFinite(number))
            {
                throw new ArgumentException("The target is a finite number.", nameof(value));
            }

            if (value is < 0 or > MaxJitterBufferTarget)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The target is 0 to 4000 ms.");
            }

            lock (_connection.Gate)
            {
                _jitterBufferTarget = value;
                _connection.UpdateMediaFlow(Transceiver);
            }
        }
    }

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
            return new RtpReceiveParameters(
                _connection.NegotiatedExtensions(Transceiver, sending: false),
                new RtcpParameters(null, _connection.HasReducedSizeRtcp(Transceiver)),
                ReceiveCodecs);
        }
    }

    /// <summary>The sources that a mixer put into what came in the last ten seconds, the latest first (webrtc-pc §5.3).</summary>
    public IReadOnlyList<RtpContributingSource> GetContributingSources() =>
        Flow.Sources.Contributing(_connection.Platform.TimeProvider.GetUtcNow());

    /// <summary>The streams that came in the last ten seconds, the latest first (webrtc-pc §5.3).</summary>
    public IReadOnlyList<RtpSynchronizationSource> GetSynchronizationSources() =>
        Flow.Sources.Synchronizing(_connection.Platform.TimeProvider.GetUtcNow());

    /// <summary>What undoes all that a description changes from now on.</summary>
    internal Action Save()
    {
        var (encodings, transport, streams, codecs) = (Encodings, TransportSlot, RemoteStreams, ReceiveCodecs);
        return () => (Encodings, TransportSlot, RemoteStreams, ReceiveCodecs) = (encodings, transport, streams, codecs);
    }

    /// <summary>Takes over which encodings the peer sends. With the gate held.</summary>
    internal void SetEncodings(IReadOnlyList<string> rids)
    {
        if (!Encodings.Select(encoding => encoding.Rid).SequenceEqual(rids))
        {
            Encodings =
                [.. rids.Select(rid =>
                    Encodings.FirstOrDefault(encoding => encoding.Rid == rid) ?? new RtpReceivedEncoding(rid, NewTrack(null, rid)))];
        }
    }

    /// <summary>
    /// Nothing is received now: the encodings' tracks are muted, in a task. The receiver's own is muted where the text says so.
    /// </summary>
    internal void MuteEncodings()
    {
        var encodings = Encodings;
        if (encodings.Count > 0)
        {
            _connection.Queue.Enqueue(() =>
            {
                foreach (var encoding in encodings)
                {
                    encoding.Track.SetMuted(true, _connection.Queue.Raise);
                }
            });
        }
    }

    internal void RaiseTone(char tone, TimeSpan? duration) =>
        _connection.Queue.Raise(duration is null ? ToneStarted : ToneEnded, this, new DtmfToneEventArgs(tone, duration));

    private MediaStreamTrack NewTrack(string? id, string? rid)
    {
        var track = new MediaStreamTrack(_kind, id: id, label: _kind == MediaKind.Audio ? "remote audio" : "remote video");
        track.SetMuted(true);
        track.KeyFrameRequested += (_, _) => Flow.RequestKeyFrame(rid);
        return track;
    }
}
