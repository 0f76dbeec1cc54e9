using System.Collections.Immutable;
using Parley.Media;

namespace Parley;

/// <summary>Sends a track to the peer (webrtc-pc §5.2).</summary>
/// <remarks>RTCRtpSender.</remarks>
public sealed class RtpSender
{
    private readonly PeerConnection _connection;
    private RtpSendParameters? _lastReturnedParameters;

    internal RtpSender(PeerConnection connection, MediaKind kind, MediaStreamTrack? track, IEnumerable<MediaStream> streams, IReadOnlyList<RtpEncodingParameters> encodings)
    {
        _connection = connection;
        Kind = kind;
        Track = track;
        StreamIds = [.. streams.Select(stream => stream.Id).Distinct()];
        SendEncodings = encodings.Count > 0
            ? encodings
            : [new RtpEncodingParameters { ScaleResolutionDownBy = kind == MediaKind.Video ? 1.0 : null }];
        Flow = new SenderFlow(connection, this);
    }

    /// <summary>The track being sent; null when there is none.</summary>
    public MediaStreamTrack? Track { get; private set; }

    /// <summary>The transport that carries it; null before negotiation.</summary>
    public DtlsTransport? Transport => TransportSlot?.Dtls;

    internal MediaKind Kind { get; }

    internal RtpTransceiver Transceiver { get; set; } = null!;

    internal PeerTransport? TransportSlot { get; set; }

    /// <summary>[[AssociatedMediaStreamIds]].</summary>
    internal ImmutableArray<string> StreamIds { get; private set; }

    /// <summary>[[SendEncodings]].</summary>
    internal IReadOnlyList<RtpEncodingParameters> SendEncodings { get; private set; }

    /// <summary>[[SendCodecs]].</summary>
    internal IReadOnlyList<RtpCodecParameters> SendCodecs { get; private set; } = [];

    /// <summary>Brings the track's frames to the transport loop.</summary>
    internal SenderFlow Flow { get; }

    /// <summary>The id that msid lines give for the track: it stays while tracks are replaced.</summary>
    internal string TrackIdForSdp { get; } = Guid.NewGuid().ToString();

    /// <summary>What can be sent of a kind of media.</summary>
    public static RtpCapabilities GetCapabilities(MediaKind kind) => CodecCatalog.Capabilities(kind);

    /// <summary>Replaces the track without negotiation (webrtc-pc §5.2, replaceTrack); null sends nothing.</summary>
    /// <exception cref="ArgumentException">The track is of another kind.</exception>
    /// <exception cref="RtcException">InvalidStateError: closed, or the transceiver is stopping.</exception>
    public Task ReplaceTrackAsync(MediaStreamTrack? track)
    {
        if (track is not null && track.Kind != Kind)
        {
            return Task.FromException(new ArgumentException("The track is of another kind.", nameof(track)));
        }

        lock (_connection.Gate)
        {
            return _connection.ChainOperation(operation =>
            {
                if (Transceiver.IsStopping)
                {
                    operation.Reject(new RtcException(RtcErrorNames.InvalidStateError, "The transceiver is stopping."));
                    return;
                }

                _connection.Queue.Enqueue(() =>
                {
                    lock (_connection.Gate)
                    {
                        if (_connection.IsClosed)
                        {
                            return;
                        }

                        SetTrack(track);
                        operation.Resolve(true);
                    }
                });
            });
        }
    }

    /// <summary>Sets the streams the peer is told the track belongs to (webrtc-pc §5.2, setStreams).</summary>
    /// <exception cref="RtcException">InvalidStateError: closed.</exception>
    public void SetStreams(params IEnumerable<MediaStream> streams)
    {
        lock (_connection.Gate)
        {
            _connection.ThrowIfClosed();
            SetStreamIds(streams);
            _connection.UpdateNegotiationNeeded();
        }
    }

    /// <summary>How the track is sent (webrtc-pc §5.2, getParameters).</summary>
    public RtpSendParameters GetParameters()
    {
        lock (_connection.Gate)
        {
            if (_lastReturnedParameters is not null)
            {
                return _lastReturnedParameters;
            }

            var parameters = new RtpSendParameters
            {
                TransactionId = Guid.NewGuid().ToString(),
                Encodings = SendEncodings,
                HeaderExtensions = _connection.NegotiatedExtensions(Transceiver),
                Rtcp = new RtcpParameters(_connection.Cname, SendCodecs.Count > 0),
                Codecs = SendCodecs,
            };
            _lastReturnedParameters = parameters;
            _connection.Queue.Enqueue(() =>
            {
                lock (_connection.Gate)
                {
                    if (ReferenceEquals(_lastReturnedParameters, parameters))
                    {
                        _lastReturnedParameters = null;
                    }
                }
            });
            return parameters;
        }
    }

    /// <summary>Changes how the track is sent, within what was negotiated (webrtc-pc §5.2, setParameters).</summary>
    /// <exception cref="RtcException">InvalidStateError: stopping, or <see cref="GetParameters"/> was not called just before. InvalidModificationError: a read-only member differs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale below 1.0 or a negative frame rate.</exception>
    public Task SetParametersAsync(RtpSendParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        lock (_connection.Gate)
        {
            if (Transceiver.IsStopping || _lastReturnedParameters is null)
            {
                return Task.FromException(new RtcException(RtcErrorNames.InvalidStateError, "Call GetParameters just before, on a transceiver that is not stopping."));
            }

            if (!SameReadOnlyMembers(parameters, _lastReturnedParameters))
            {
                return Task.FromException(new RtcException(RtcErrorNames.InvalidModificationError, "A read-only member differs."));
            }

            if (parameters.Encodings.Any(encoding => encoding.MaxFramerate < 0 || (Kind == MediaKind.Video && encoding.ScaleResolutionDownBy < 1)))
            {
                return Task.FromException(new ArgumentOutOfRangeException(nameof(parameters), "A scale below 1.0 or a negative frame rate."));
            }

            if (parameters.Encodings.Any(encoding => encoding.Codec is { } codec && !ChoosableCodecs().Any(choosable => CodecCatalog.Matches(choosable, codec))))
            {
                return Task.FromException(new RtcException(RtcErrorNames.InvalidModificationError, "A codec was not negotiated."));
            }

            var encodings = parameters.Encodings.Select(Normalize).ToArray();
            var promise = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connection.Queue.Enqueue(() =>
            {
                lock (_connection.Gate)
                {
                    _lastReturnedParameters = null;
                    SendEncodings = encodings;
                    _connection.UpdateMediaFlow(Transceiver);
                }

                _connection.Queue.EnqueueMicrotask(() => promise.TrySetResult());
            });
            return promise.Task;
        }
    }

    /// <summary>The figures of what this sends (webrtc-pc §5.2, getStats).</summary>
    public Task<StatsReport> GetStatsAsync() => _connection.CollectStats(this, null);

    internal void SetTrack(MediaStreamTrack? track)
    {
        Track = track;
        Flow.Update();
    }

    internal void SetStreamIds(IEnumerable<MediaStream> streams)
    {
        StreamIds = [.. streams.Select(stream => stream.Id).Distinct()];
        _connection.DescriptionStateChanged();
    }

    internal void SetSendEncodings(IReadOnlyList<RtpEncodingParameters> encodings)
    {
        SendEncodings = encodings;
        _lastReturnedParameters = null;
    }

    internal void SetSendCodecs(IReadOnlyList<RtpCodecParameters> codecs)
    {
        SendCodecs = codecs;
        _lastReturnedParameters = null;
    }

    internal void StopSending() => Flow.Update();

    private IEnumerable<RtpCodec> ChoosableCodecs() => SendCodecs.Count > 0 ? SendCodecs : CodecCatalog.Capabilities(Kind).Codecs;

    private RtpEncodingParameters Normalize(RtpEncodingParameters encoding) => Kind == MediaKind.Audio
        ? encoding with { ScaleResolutionDownBy = null, MaxFramerate = null }
        : encoding with { ScaleResolutionDownBy = encoding.ScaleResolutionDownBy ?? 1.0 };

    private static bool SameReadOnlyMembers(RtpSendParameters left, RtpSendParameters right) =>
        left.TransactionId == right.TransactionId
        && left.Encodings.Count == right.Encodings.Count
        && left.Encodings.Zip(right.Encodings).All(pair => pair.First.Rid == pair.Second.Rid)
        && left.HeaderExtensions.SequenceEqual(right.HeaderExtensions)
        && left.Rtcp == right.Rtcp
        && left.Codecs.SequenceEqual(right.Codecs);
}
