using Parley.Media;

namespace Parley;

/// <summary>A sender and a receiver that share one mid (webrtc-pc §5.4).</summary>
/// <remarks>RTCRtpTransceiver.</remarks>
public sealed class RtpTransceiver
{
    private readonly PeerConnection _connection;
    private RtpTransceiverDirection _direction;
    private RtpTransceiverDirection? _currentDirection;
    private string? _mid;

    internal RtpTransceiver(
        PeerConnection connection, MediaKind kind, RtpTransceiverDirection direction, RtpSender sender, RtpReceiver receiver,
        IReadOnlyList<RtpHeaderExtensionCapability> extensions)
    {
        HeaderExtensionsToNegotiate = extensions;
        _connection = connection;
        Kind = kind;
        _direction = direction;
        Sender = sender;
        Receiver = receiver;
        sender.Transceiver = this;
        receiver.Transceiver = this;
        Number = connection.NextTransceiverNumber();
    }

    /// <summary>The section of the descriptions that it belongs to; null before it has one, and once it is stopped.</summary>
    public string? Mid => IsStopped ? null : _mid;

    /// <summary>The sender.</summary>
    public RtpSender Sender { get; }

    /// <summary>The receiver.</summary>
    public RtpReceiver Receiver { get; }

    /// <summary>What it carries.</summary>
    public MediaKind Kind { get; }

    /// <summary>Names it in what transports are told.</summary>
    internal int Number { get; }

    /// <summary>Which way media shall go. A change takes effect with the next exchange of descriptions.</summary>
    /// <exception cref="RtcException">InvalidStateError: the connection is closed or the transceiver is stopping.</exception>
    /// <exception cref="ArgumentException">The value is <see cref="RtpTransceiverDirection.Stopped"/>.</exception>
    public RtpTransceiverDirection Direction
    {
        get => IsStopping ? RtpTransceiverDirection.Stopped : _direction;
        set
        {
            lock (_connection.Gate)
            {
                if (IsStopping)
                {
                    throw new RtcException(RtcErrorNames.InvalidStateError, "The transceiver is stopping.");
                }

                if (value == _direction)
                {
                    return;
                }

                if (value == RtpTransceiverDirection.Stopped || !Enum.IsDefined(value))
                {
                    throw new ArgumentException("Not a direction to set. To stop, call Stop.", nameof(value));
                }

                SetDirection(value);
                _connection.UpdateNegotiationNeeded();
            }
        }
    }

    /// <summary>Which way media goes; null before an answer, <see cref="RtpTransceiverDirection.Stopped"/> for ever after a stop.</summary>
    public RtpTransceiverDirection? CurrentDirection => IsStopped ? RtpTransceiverDirection.Stopped : _currentDirection;

    internal PeerConnection Connection => _connection;

    /// <summary>[[HeaderExtensionsToNegotiate]].</summary>
    internal IReadOnlyList<RtpHeaderExtensionCapability> HeaderExtensionsToNegotiate { get; private set; }

    /// <summary>[[NegotiatedHeaderExtensions]].</summary>
    internal IReadOnlyList<RtpHeaderExtensionCapability> NegotiatedHeaderExtensions { get; private set; } = [];

    /// <summary>[[JsepMid]]: the mid while a description is being applied.</summary>
    internal string? JsepMid { get; set; }

    /// <summary>The transport by which its media goes; null while none does. A section may leave its bundle, or join one.</summary>
    internal PeerTransport? MediaTransport { get; set; }

    /// <summary>[[FiredDirection]]: the direction of the last track event.</summary>
    internal RtpTransceiverDirection? FiredDirection { get; set; }

    /// <summary>[[Receptive]]: whether incoming media unmutes the track.</summary>
    internal bool IsReceptive { get; set; }

    /// <summary>[[Stopping]]: Stop was called.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>[[Stopped]]: stopping has been negotiated.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>[[PreferredCodecs]].</summary>
    internal IReadOnlyList<RtpCodec> PreferredCodecs { get; private set; } = [];

    /// <summary>Whether AddTrack made it: only such a one may take up a section of a remote offer (RFC 9429 §5.10).</summary>
    internal bool WasAddedByAddTrack { get; set; }

    /// <summary>
    /// Whether AddTrack has given a track to its sender, which was there: a rollback does not remove it, and takes it for one that AddTrack
    /// made (RFC 9429 §5.7).
    /// </summary>
    internal bool WasReusedByAddTrack { get; set; }

    /// <summary>The encodings before a pending remote offer proposed some with names; null when none did.</summary>
    internal IReadOnlyList<RtpEncodingParameters>? EncodingsBeforeProposal { get; set; }

    /// <summary>Whether applying the pending remote offer made it; a rollback removes it unless AddTrack has used it.</summary>
    internal bool WasCreatedByPendingOffer { get; set; }

    /// <summary>Whether the current direction ever included sending.</summary>
    internal bool HasEverSent { get; private set; }

    /// <summary>The state that a rollback restores.</summary>
    internal StableTransceiverState? LastStable { get; set; }

    /// <summary>Stops the transceiver for good (webrtc-pc §5.4, stop). The next exchange of descriptions rejects its section.</summary>
    /// <exception cref="RtcException">InvalidStateError: the connection is closed.</exception>
    public void Stop()
    {
        List<Action> events = [];
        lock (_connection.Gate)
        {
            _connection.ThrowIfClosed();
            if (IsStopping)
            {
                return;
            }

            // The track's "steps to be ended" queue their task before step 6 queues its own.
            StopSendingAndReceiving(events);
            events.ForEach(_connection.Queue.Enqueue);
            _connection.UpdateNegotiationNeeded();
        }
    }

    /// <summary>Chooses and orders the codecs to offer and answer with (webrtc-pc §5.4, setCodecPreferences).</summary>
    /// <param name="codecs">Codecs out of the capabilities; empty for the default.</param>
    /// <exception cref="RtcException">InvalidModificationError: a codec is not among the capabilities, or only RTX, RED, FEC or comfort
    /// noise are given.</exception>
    /// <exception cref="ArgumentException">A codec is null.</exception>
    public void SetCodecPreferences(IReadOnlyList<RtpCodec> codecs)
    {
        ArgumentNullException.ThrowIfNull(codecs);
        if (codecs.Any(codec => codec is null))
        {
            throw new ArgumentException("A codec is null.", nameof(codecs));
        }

        lock (_connection.Gate)
        {
            var wanted = new List<RtpCodec>();
            foreach (var codec in codecs)
            {
                if (!wanted.Any(earlier => CodecDictionary.Matches(earlier, codec)))
                {
                    wanted.Add(codec);
                }
            }

            if (wanted.Count > 0)
            {
                var known = RtpSender.GetCapabilities(Kind).Codecs.Concat(RtpReceiver.GetCapabilities(Kind).Codecs).ToArray();
                if (!wanted.All(codec => known.Any(capability => CodecDictionary.Matches(capability, codec))))
                {
                    throw new RtcException(RtcErrorNames.InvalidModificationError, "A codec is not among the capabilities.");
                }

                if (wanted.All(CodecCatalog.IsResilience))
                {
                    throw new RtcException(RtcErrorNames.InvalidModificationError, "At least one codec must carry media.");
                }
            }

            PreferredCodecs = wanted;
            _connection.DescriptionStateChanged();
        }
    }

    /// <summary>
    /// The header extensions to offer and to answer with, each with its direction, stopped for none of it (webrtc-extensions,
    /// getHeaderExtensionsToNegotiate). An answer, of either side, makes them what was negotiated.
    /// </summary>
    public IReadOnlyList<RtpHeaderExtensionCapability> GetHeaderExtensionsToNegotiate()
    {
        lock (_connection.Gate)
        {
            return HeaderExtensionsToNegotiate;
        }
    }

    /// <summary>
    /// Chooses which header extensions to offer and to answer with, and which way each goes (webrtc-extensions,
    /// setHeaderExtensionsToNegotiate). It changes nothing before the next exchange of descriptions.
    /// </summary>
    /// <param name="extensions">What <see cref="GetHeaderExtensionsToNegotiate"/> returned, with changed directions.</param>
    /// <exception cref="RtcException">
    /// InvalidModificationError: extensions were added, removed or reordered, or the section's name (mid), without which nothing could be
    /// bundled, does not go both ways.
    /// </exception>
    /// <exception cref="ArgumentException">One is null, or its direction is not one of the enumeration.</exception>
    public void SetHeaderExtensionsToNegotiate(IReadOnlyList<RtpHeaderExtensionCapability> extensions)
    {
        ArgumentNullException.ThrowIfNull(extensions);
        RtpHeaderExtensionCapability[] wanted = [.. extensions];
        if (wanted.Any(extension => extension is null || !Enum.IsDefined(extension.Direction)))
        {
            throw new ArgumentException("Each extension has one of the directions.", nameof(extensions));
        }

        lock (_connection.Gate)
        {
            if (!wanted.Select(extension => extension.Uri).SequenceEqual(HeaderExtensionsToNegotiate.Select(extension => extension.Uri)))
            {
                throw new RtcException(RtcErrorNames.InvalidModificationError, "Extensions were added, removed or reordered.");
            }

            if (wanted.Any(extension => extension is { Uri: CodecCatalog.MidExtension, Direction: not RtpTransceiverDirection.SendRecv }))
            {
                throw new RtcException(RtcErrorNames.InvalidModificationError, "The section's name goes both ways.");
            }

            HeaderExtensionsToNegotiate = wanted;
            _connection.DescriptionStateChanged();
        }
    }

    /// <summary>
    /// What the last answer says of each header extension, seen from here; empty before one (webrtc-extensions,
    /// getNegotiatedHeaderExtensions).
    /// </summary>
    public IReadOnlyList<RtpHeaderExtensionCapability> GetNegotiatedHeaderExtensions()
    {
        lock (_connection.Gate)
        {
            return NegotiatedHeaderExtensions;
        }
    }

    internal void SetNegotiatedExtensions(IReadOnlyList<RtpHeaderExtensionCapability> extensions)
    {
        NegotiatedHeaderExtensions = HeaderExtensionsToNegotiate = extensions;
        _connection.DescriptionStateChanged();
    }

    internal void SetDirection(RtpTransceiverDirection direction)
    {
        _direction = direction;
        _connection.DescriptionStateChanged();
    }

    /// <summary>The direction without regard to stopping ([[Direction]]).</summary>
    internal RtpTransceiverDirection DirectionSlot => _direction;

    /// <summary>The negotiated direction without regard to stopping ([[CurrentDirection]]).</summary>
    internal RtpTransceiverDirection? CurrentDirectionSlot => _currentDirection;

    internal void SetMid(string? mid) => _mid = mid;

    internal void SetCurrentDirection(RtpTransceiverDirection? direction)
    {
        _currentDirection = direction;
        HasEverSent |= direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.SendOnly;
    }

    /// <summary>What undoes all that a description changes from now on.</summary>
    internal Action Save()
    {
        var (direction, current, mid, jsepMid, fired) = (_direction, _currentDirection, _mid, JsepMid, FiredDirection);
        var (receptive, stopping, stopped, hasEverSent, created, added) =
            (IsReceptive, IsStopping, IsStopped, HasEverSent, WasCreatedByPendingOffer, WasAddedByAddTrack);
        var (transport, stable, encodings, wanted, negotiated) =
            (MediaTransport, LastStable, EncodingsBeforeProposal, HeaderExtensionsToNegotiate, NegotiatedHeaderExtensions);
        var (sender, receiver) = (Sender.Save(), Receiver.Save());
        return () =>
        {
            (_direction, _currentDirection, _mid, JsepMid, FiredDirection) = (direction, current, mid, jsepMid, fired);
            (IsReceptive, IsStopping, IsStopped, HasEverSent, WasCreatedByPendingOffer, WasAddedByAddTrack) =
                (receptive, stopping, stopped, hasEverSent, created, added);
            (MediaTransport, LastStable, EncodingsBeforeProposal, HeaderExtensionsToNegotiate, NegotiatedHeaderExtensions) =
                (transport, stable, encodings, wanted, negotiated);
            sender();
            receiver();
        };
    }

    /// <summary>"Stop sending and receiving". Events go to the list.</summary>
    internal void StopSendingAndReceiving(List<Action> events)
    {
        IsStopping = true;
        IsReceptive = false;
        _direction = RtpTransceiverDirection.Inactive;
        _connection.DescriptionStateChanged();
        _connection.EndMediaFlow(this);
        events.Add(() => Sender.Dtmf?.Close());
        events.Add(() => Receiver.Track.End(_connection.Queue.Raise));
    }

    /// <summary>"Stop the RTCRtpTransceiver". Events go to the list.</summary>
    internal void StopNow(List<Action> events)
    {
        if (!IsStopping)
        {
            StopSendingAndReceiving(events);
        }

        IsStopped = true;
        IsReceptive = false;
        _currentDirection = null;
        Receiver.RemoteStreams = [];
        LastStable = LastStable is null ? null : LastStable with { RemoteStreams = [] };
    }
}
