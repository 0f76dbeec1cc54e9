using Parley.Media;

namespace Parley;

// The RTP media API (webrtc-pc §5.1).
public sealed partial class PeerConnection
{
    private long _descriptionState;
    private int _transceiverNumber;

    /// <summary>The canonical name in RTCP (RFC 3550 §6.5.1): random, one for each connection (RFC 7022).</summary>
    internal string Cname { get; } = Convert.ToBase64String(Guid.NewGuid().ToByteArray(), 0, 12);

    /// <summary>The senders of transceivers that are not stopped.</summary>
    public IReadOnlyList<RtpSender> GetSenders() =>
        Read(() => _transceivers.Where(transceiver => !transceiver.IsStopped).Select(transceiver => transceiver.Sender).ToArray());

    /// <summary>The receivers of transceivers that are not stopped.</summary>
    public IReadOnlyList<RtpReceiver> GetReceivers() =>
        Read(() => _transceivers.Where(transceiver => !transceiver.IsStopped).Select(transceiver => transceiver.Receiver).ToArray());

    /// <summary>The transceivers, in the order in which they were made.</summary>
    public IReadOnlyList<RtpTransceiver> GetTransceivers() => Read(() => _transceivers.ToArray());

    /// <summary>Adds a track to be sent, using a transceiver that never sent if there is one (webrtc-pc §5.1, addTrack).</summary>
    /// <param name="track">The track.</param>
    /// <param name="streams">The streams the peer is told it belongs to.</param>
    /// <exception cref="RtcException">InvalidStateError: closed. InvalidAccessError: the track is being sent already.</exception>
    /// <exception cref="ArgumentException">A stream is null.</exception>
    public RtpSender AddTrack(MediaStreamTrack track, params IEnumerable<MediaStream> streams)
    {
        ArgumentNullException.ThrowIfNull(track);
        var given = Checked(streams);
        lock (Gate)
        {
            ThrowIfClosed();
            if (_transceivers.Any(candidate => !candidate.IsStopped && candidate.Sender.Track == track))
            {
                throw new RtcException(RtcErrorNames.InvalidAccessError, "The track is being sent already.");
            }

            var transceiver = _transceivers.FirstOrDefault(candidate =>
                candidate is { IsStopped: false, IsStopping: false, HasEverSent: false }
                    && candidate.Sender.Track is null
                    && candidate.Kind == track.Kind);
            if (transceiver is not null)
            {
                transceiver.WasReusedByAddTrack = true;
                transceiver.Sender.SetStreamIds(given);
                transceiver.Sender.SetTrack(track);
                transceiver.SetDirection(transceiver.DirectionSlot switch
                {
                    RtpTransceiverDirection.RecvOnly => RtpTransceiverDirection.SendRecv,
                    RtpTransceiverDirection.Inactive => RtpTransceiverDirection.SendOnly,
                    var direction => direction,
                });
            }
            else
            {
                transceiver = CreateTransceiver(track.Kind, RtpTransceiverDirection.SendRecv, track, given, [], receiverTrackId: null);
                transceiver.WasAddedByAddTrack = true;
            }

            UpdateNegotiationNeeded();
            return transceiver.Sender;
        }
    }

    /// <summary>Stops sending a sender's track (webrtc-pc §5.1, removeTrack).</summary>
    /// <exception cref="RtcException">InvalidStateError: closed. InvalidAccessError: the sender is another connection's.</exception>
    public void RemoveTrack(RtpSender sender)
    {
        ArgumentNullException.ThrowIfNull(sender);
        lock (Gate)
        {
            ThrowIfClosed();
            if (sender.Transceiver.Connection != this)
            {
                throw new RtcException(RtcErrorNames.InvalidAccessError, "The sender is another connection's.");
            }

            var transceiver = sender.Transceiver;
            if (transceiver.IsStopping || !_transceivers.Contains(transceiver) || sender.Track is null)
            {
                return;
            }

            sender.SetTrack(null);
            transceiver.SetDirection(transceiver.DirectionSlot switch
            {
                RtpTransceiverDirection.SendRecv => RtpTransceiverDirection.RecvOnly,
                RtpTransceiverDirection.SendOnly => RtpTransceiverDirection.Inactive,
                var direction => direction,
            });
            UpdateNegotiationNeeded();
        }
    }

    /// <summary>Adds a transceiver that sends a track (webrtc-pc §5.1, addTransceiver).</summary>
    /// <exception cref="RtcException">InvalidStateError: closed. OperationError: an encoding's codec is not among the capabilities, or only
    /// some have a largest size, or one of no pixels.</exception>
    /// <exception cref="ArgumentException">The rids are not well-formed, not unique, or not on all encodings; or the direction is
    /// stopped.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale below 1.0, or a frame rate that is not positive.</exception>
    public RtpTransceiver AddTransceiver(MediaStreamTrack track, RtpTransceiverInit? init = null)
    {
        ArgumentNullException.ThrowIfNull(track);
        return AddTransceiver(track.Kind, track, init ?? new RtpTransceiverInit());
    }

    /// <summary>Adds a transceiver without a track (webrtc-pc §5.1, addTransceiver).</summary>
    /// <inheritdoc cref="AddTransceiver(MediaStreamTrack, RtpTransceiverInit?)" path="/exception"/>
    public RtpTransceiver AddTransceiver(MediaKind kind, RtpTransceiverInit? init = null) =>
        AddTransceiver(kind, null, init ?? new RtpTransceiverInit());

    /// <summary>Says that something a description would show has changed, so that one created earlier is no longer accurate.</summary>
    internal void DescriptionStateChanged() => _descriptionState++;

    /// <summary>The streams as they are now; Web IDL's sequence has no null in it.</summary>
    /// <exception cref="ArgumentException">A stream is null.</exception>
    internal static MediaStream[] Checked(IEnumerable<MediaStream> streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        MediaStream[] given = [.. streams];
        return Array.IndexOf(given, null) < 0 ? given : throw new ArgumentException("A stream is null.", nameof(streams));
    }

    /// <summary>The track's own id where it fits and no other sender has it, as browsers choose it.</summary>
    internal string NewTrackIdForSdp(MediaStreamTrack? track) =>
        // RFC 8830 §2: 1 to 64 characters of a token.
        track is { Id.Length: > 0 and <= 64 } && track.Id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            && !_transceivers.Exists(other => other.Sender.TrackIdForSdp == track.Id)
            ? track.Id
            : Guid.NewGuid().ToString();

    internal Task ChainOperation(Action<OperationsChain.Operation<bool>> start) => _operations.Chain(start);

    private long StateVersion() => _descriptionState;

    private RtpTransceiver AddTransceiver(MediaKind kind, MediaStreamTrack? track, RtpTransceiverInit init)
    {
        if (kind is not (MediaKind.Audio or MediaKind.Video))
        {
            throw new ArgumentException("Neither audio nor video.", nameof(kind));
        }

        if (init.Direction == RtpTransceiverDirection.Stopped || !Enum.IsDefined(init.Direction))
        {
            throw new ArgumentException("A transceiver cannot begin as stopped.", nameof(init));
        }

        SendEncodingValidation.ThrowIfNotOfTheirTypes(init.SendEncodings);
        var streams = Checked(init.Streams);
        lock (Gate)
        {
            ThrowIfClosed();
            var encodings = SendEncodingValidation.Validate(kind, init.SendEncodings);
            var transceiver = CreateTransceiver(kind, init.Direction, track, streams, encodings, receiverTrackId: null);
            UpdateNegotiationNeeded();
            return transceiver;
        }
    }

    internal int NextTransceiverNumber() => ++_transceiverNumber;

    private RtpTransceiver CreateTransceiver(
        MediaKind kind,
        RtpTransceiverDirection direction,
        MediaStreamTrack? track,
        IEnumerable<MediaStream> streams,
        IReadOnlyList<RtpEncodingParameters> encodings,
        string? receiverTrackId)
    {
        var transceiver = new RtpTransceiver(
            this,
            kind,
            direction,
            new RtpSender(this, kind, track, streams, encodings),
            new RtpReceiver(this, kind, receiverTrackId),
            _transceivers.Find(other => other.Kind == kind && !other.IsStopping)?.HeaderExtensionsToNegotiate
                ?? CodecCatalog.Extensions(kind));
        _transceivers.Add(transceiver);
        DescriptionStateChanged();
        return transceiver;
    }
}
