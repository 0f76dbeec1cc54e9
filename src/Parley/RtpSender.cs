using System.Collections.Immutable;
using Parley.Media;

namespace Parley;

/// <summary>Sends a track to the peer (webrtc-pc §5.2).</summary>
/// <remarks>RTCRtpSender.</remarks>
public sealed class RtpSender
{
    private readonly PeerConnection _connection;
    private RtpSendParameters? _lastReturnedParameters;
    private int _parametersUnderWay;

    internal RtpSender(
        PeerConnection connection,
        MediaKind kind,
        MediaStreamTrack? track,
        IEnumerable<MediaStream> streams,
        IReadOnlyList<RtpEncodingParameters> encodings)
    {
        _connection = connection;
        Kind = kind;
        Track = track;
        StreamIds = [.. streams.Select(stream => stream.Id).Distinct()];
        SendEncodings = encodings.Count > 0
            ? encodings
            : [new RtpEncodingParameters { ScaleResolutionDownBy = kind == MediaKind.Video ? 1.0 : null }];
        TrackIdForSdp = connection.NewTrackIdForSdp(track);
        SourceNumber = connection.SourceNumberOf(track, this);
        Flow = new SenderFlow(connection, this);
        Dtmf = kind == MediaKind.Audio ? new DtmfSender(connection, this) : null;
    }

    /// <summary>The track being sent; null when there is none.</summary>
    public MediaStreamTrack? Track { get; private set; }

    /// <summary>The transport that carries it; null before negotiation.</summary>
    public DtlsTransport? Transport => TransportSlot?.Dtls;

    /// <summary>Sends dial tones; null for pictures (webrtc-pc §7.1).</summary>
    public DtmfSender? Dtmf { get; }

    internal MediaKind Kind { get; }

    /// <summary>Names the track's media source in statistics: another one when a track that had left all senders comes back.</summary>
    internal int SourceNumber { get; private set; }

    /// <summary>Whether a promise of setParameters is not settled: a description waits for it (webrtc-pc §4.4.1.5).</summary>
    internal bool HasParametersUnderWay => _parametersUnderWay > 0;

    internal RtpTransceiver Transceiver { get; set; } = null!;

    internal PeerTransport? TransportSlot { get; set; }

    /// <summary>[[AssociatedMediaStreamIds]].</summary>
    internal ImmutableArray<string> StreamIds { get; private set; }

    /// <summary>[[SendEncodings]].</summary>
    internal IReadOnlyList<RtpEncodingParameters> SendEncodings { get; private set; }

    /// <summary>[[SendCodecs]].</summary>
    internal IReadOnlyList<RtpCodecParameters> SendCodecs { get; private set; } = [];

    /// <summary>The id that msid lines give for the track: it stays while tracks are replaced, and is no other sender's.</summary>
    internal string TrackIdForSdp { get; }

    /// <summary>Brings the track's frames to the transport loop.</summary>
    internal SenderFlow Flow { get; }

    /// <summary>What can be sent of a kind of media.</summary>
    public static RtpCapabilities GetCapabilities(MediaKind kind) => CodecCatalog.Capabilities(kind);

    /// <summary>Replaces the track without negotiation (webrtc-pc §5.2, replaceTrack); null sends nothing.</summary>
    /// <exception cref="ArgumentException">The track is of another kind.</exception>
    /// <exception cref="RtcException">
    /// InvalidStateError: closed, or the transceiver is stopping. InvalidModificationError: what the track's source produces
    /// (<see cref="MediaStreamTrack.Formats"/>) is none of the formats negotiated.
    /// </exception>
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

                if (Transceiver.CurrentDirection.Sends() && track is not null && !Flow.CanSend(track.Formats))
                {
                    _connection.Queue.Enqueue(() =>
                        operation.Reject(
                            new RtcException(RtcErrorNames.InvalidModificationError, "The track's format was not negotiated.")));
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
                    }

                    _connection.Queue.Enqueue(() => operation.Resolve(true));
                });
            });
        }
    }

    /// <summary>Sets the streams the peer is told the track belongs to (webrtc-pc §5.2, setStreams).</summary>
    /// <exception cref="RtcException">InvalidStateError: closed.</exception>
    /// <exception cref="ArgumentException">A stream is null.</exception>
    public void SetStreams(params IEnumerable<MediaStream> streams)
    {
        var given = PeerConnection.Checked(streams);
        lock (_connection.Gate)
        {
            _connection.ThrowIfClosed();
            SetStreamIds(given);
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
                HeaderExtensions = _connection.NegotiatedExtensions(Transceiver, sending: true),
                Rtcp = new RtcpParameters(_connection.Cname, _connection.HasReducedSizeRtcp(Transceiver)),
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
    /// <param name="parameters">What <see cref="GetParameters"/> returned just before, with changed encodings.</param>
    /// <param name="options">What else to do; null for nothing.</param>
    /// <exception cref="RtcException">InvalidStateError: stopping, or <see cref="GetParameters"/> was not called just before.
    /// InvalidModificationError: encodings were added, removed or reordered, a read-only member differs, a codec was not negotiated, only
    /// some active encodings have a largest size, or the options are not one for each encoding.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale below 1.0 or a negative frame rate.</exception>
    /// <exception cref="ArgumentException">A number that is not finite.</exception>
    public Task SetParametersAsync(RtpSendParameters parameters, RtpSetParameterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        try
        {
            SendEncodingValidation.ThrowIfNotOfTheirTypes(parameters.Encodings);
        }
        catch (ArgumentException error)
        {
            return Task.FromException(error);
        }

        lock (_connection.Gate)
        {
            if (Transceiver.IsStopping || _lastReturnedParameters is not { } last)
            {
                return Task.FromException(
                    new RtcException(
                        RtcErrorNames.InvalidStateError, "Call GetParameters just before, on a transceiver that is not stopping."));
            }

            IReadOnlyList<RtpEncodingParameters> encodings;
            try
            {
                encodings = SendEncodingValidation.Validate(Kind, SendEncodings.Count, parameters, last);
            }
            catch (Exception error) when (error is RtcException or ArgumentException)
            {
                return Task.FromException(error);
            }

            // webrtc-extensions §7, "after the steps to validate the parameters": sound has no key frames.
            var wishes = Kind == MediaKind.Audio ? [] : options?.EncodingOptions ?? [];
            if (wishes.Count > 0 && wishes.Count != encodings.Count)
            {
                return Task.FromException(
                    new RtcException(RtcErrorNames.InvalidModificationError, "There are options for each encoding or for none."));
            }

            _parametersUnderWay++;
            var promise = new TaskCompletionSource(_connection.Queue.PromiseOptions);
            _connection.Queue.Enqueue(() =>
            {
                lock (_connection.Gate)
                {
                    _parametersUnderWay--;
                    _lastReturnedParameters = null;
                    SendEncodings = encodings;
                    _connection.UpdateMediaFlow(Transceiver);
                    Flow.RequestKeyFrames([.. wishes.Select(wish => wish.KeyFrame)]);
                }

                _connection.Queue.EnqueueMicrotask(() => promise.TrySetResult());
            });
            return promise.Task;
        }
    }

    /// <summary>The figures of what this sends (webrtc-pc §5.2, getStats).</summary>
    public Task<StatsReport> GetStatsAsync() => _connection.CollectStats(this, null);

    /// <summary>What undoes all that a description changes from now on.</summary>
    internal Action Save()
    {
        var (transport, encodings, codecs, parameters, plan) =
            (TransportSlot, SendEncodings, SendCodecs, _lastReturnedParameters, Flow.Plan);
        return () =>
        {
            (TransportSlot, SendEncodings, SendCodecs, _lastReturnedParameters) = (transport, encodings, codecs, parameters);
            if (Flow.Plan != plan)
            {
                Flow.SetPlan(plan);
            }
        };
    }

    internal void SetTrack(MediaStreamTrack? track)
    {
        if (track == Track)
        {
            return;
        }

        Track = track;
        SourceNumber = _connection.SourceNumberOf(track, this);
        Flow.OnTrackChanged();
    }

    internal void SetStreamIds(IEnumerable<MediaStream> streams)
    {
        StreamIds = [.. streams.Select(stream => stream.Id).Distinct()];
        _connection.DescriptionStateChanged();
    }

    internal void SetSendEncodings(IReadOnlyList<RtpEncodingParameters> encodings) => SendEncodings = encodings;

    internal void SetSendCodecs(IReadOnlyList<RtpCodecParameters> codecs) => SendCodecs = codecs;

    /// <summary>Sets [[LastReturnedParameters]] to null.</summary>
    internal void ForgetReturnedParameters() => _lastReturnedParameters = null;
}
