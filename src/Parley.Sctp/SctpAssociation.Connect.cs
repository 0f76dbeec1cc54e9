using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §5: the four-way handshake. Both sides of WebRTC begin it, so that INITs cross (§5.2.1) is the usual case. Where both have
// signaled their INITs there is none (draft-hancke-tsvwg-snap).
public sealed partial class SctpAssociation
{
    private const int MaxReportedParameter = 256;
    private ProtocolTimer _t1;
    private byte[] _cookieEcho = [];
    private bool _holdsParametersBack;
    private bool _sendInit;
    private bool _sendCookieEcho;
    private bool _sendCookieAck;

    /// <summary>
    /// Begins to connect; the peer may have begun, too. With <see cref="SctpOptions.LocalInit"/> and <see cref="SctpOptions.RemoteInit"/>
    /// the association is established at once. Does nothing when that has happened, or after the end.
    /// </summary>
    public void Connect(Instant now)
    {
        if (State != SctpState.Closed || _hasEnded || _isDisposed)
        {
            return;
        }

        _logger.Connects(_options.LocalPort, _options.RemotePort);
        if (_options is { LocalInit: { } local, RemoteInit: { } remote })
        {
            EstablishAsSignaled(local, remote, now);
            return;
        }

        State = SctpState.CookieWait;
        _sendInit = true;
    }

    // "When the 'sctp-init' attribute has been negotiated, both endpoints SHOULD consider the SCTP association to be in the ESTABLISHED
    // state […] once the DTLS handshake finishes. The steps A-E described in Section 5.1 of [RFC9260] can be skipped": what they leave
    // behind is the same.
    private void EstablishAsSignaled(SctpInit local, SctpInit remote, Instant now)
    {
        Build(new StateCookie
        {
            PeerTag = remote.Tag,
            PeerInitialTsn = remote.InitialTsn,
            PeerWindow = remote.ReceiverWindow,
            OutboundStreams = Math.Min(_options.Streams, remote.InboundStreams),
            Capabilities = remote.Capabilities & local.Capabilities,
        });
        Establish(now);
        _sendCookieAck = false;
    }

    // Pion before 1.8.9 throws a packet away whose INIT or INIT ACK has a parameter it does not know, against RFC 9260 §3.2.1: to a peer
    // that does not offer zero checksum, or does not answer, neither it nor what is Parley's own is mentioned.
    private PeerCapabilities OfferedCapabilities =>
        _holdsParametersBack ? LocalCapabilities & ~(PeerCapabilities.ZeroChecksum | PeerCapabilities.LargePackets) : LocalCapabilities;

    private PeerCapabilities LocalCapabilities => _options.Capabilities;

    private uint InitialWindow => (uint)Math.Min(uint.MaxValue, _firstWindow);

    private void WriteInit(ref ChunkWriter writer) => new InitChunk
    {
        InitiateTag = _localTag,
        ReceiverWindow = InitialWindow,
        OutboundStreams = _options.Streams,
        InboundStreams = _options.Streams,
        InitialTsn = _localInitialTsn,
        Capabilities = OfferedCapabilities,
    }.Write(ref writer);

    private void OnInit(ReadOnlySpan<byte> value, Instant now)
    {
        if (_hasEnded)
        {
            if (InitChunk.TryParse(value, out var late, out _))
            {
                SendAlone(ChunkType.Abort, 1, [], late.InitiateTag);
            }

            return;
        }

        if (State == SctpState.ShutdownAckSent)
        {
            // §9.2: "it SHOULD discard the INIT chunk and retransmit the SHUTDOWN ACK chunk".
            _sendShutdownAck = true;
            return;
        }

        if (!InitChunk.TryParse(value, out var init, out var error))
        {
            Drop("malformed INIT");
            if (error == SctpParseError.BadValue && value.Length >= InitChunk.FixedLength)
            {
                // §3.3.2: with the tag 0 there is nobody to tell.
                var tag = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value);
                if (tag != 0)
                {
                    SendAlone(ChunkType.Abort, 0, [], tag);
                }
            }

            return;
        }

        if (_packets.Count >= MaxPacketsAlone)
        {
            Drop("answers are waiting");
            return;
        }

        _holdsParametersBack = (init.Capabilities & PeerCapabilities.ZeroChecksum) == 0;

        // §5.2.1: in COOKIE-WAIT and COOKIE-ECHOED the answer repeats this side's own INIT, tag included. §5.2.2: later it has a new tag,
        // and the Tie-Tags by which a restart is told from an old packet.
        var isNew = State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed || IsSignaled(init);
        var cookie = new StateCookie
        {
            CreatedAt = now,
            LocalTag = isNew ? _localTag : SctpInit.NewTag(_random),
            PeerTag = init.InitiateTag,
            LocalInitialTsn = isNew ? _localInitialTsn : _outstanding.Next,
            PeerInitialTsn = init.InitialTsn,
            PeerWindow = init.ReceiverWindow,
            OutboundStreams = Math.Min(_options.Streams, init.InboundStreams),
            LocalTieTag = State is SctpState.Closed or SctpState.CookieWait ? 0 : _localTag,
            PeerTieTag = State is SctpState.Closed or SctpState.CookieWait ? 0 : _peerTag,
            Capabilities = init.Capabilities & LocalCapabilities,
        };
        var sealedCookie = new byte[StateCookie.Length];
        cookie.Write(sealedCookie, _cookieKey);
        var packet = new byte[_options.MaxPacketSize];
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        new InitChunk
        {
            InitiateTag = cookie.LocalTag,
            ReceiverWindow = InitialWindow,
            OutboundStreams = _options.Streams,
            InboundStreams = _options.Streams,
            InitialTsn = cookie.LocalInitialTsn,
            Capabilities = OfferedCapabilities,
            Cookie = sealedCookie,
            Unrecognized = init.Unrecognized.Length <= MaxReportedParameter ? init.Unrecognized : default,
        }.Write(ref writer);
        QueuePacket(packet, writer.Position, init.InitiateTag);
    }

    // A peer that never saw this side's INIT in a description connects by the handshake. That is no restart: it has the tag and the TSN
    // that it signaled.
    private bool IsSignaled(in InitChunk init) =>
        _options is { LocalInit: { } local, RemoteInit: { } remote }
            && local.Tag == _localTag
            && remote.Tag == init.InitiateTag
            && remote.InitialTsn == init.InitialTsn;

    private void OnInitAck(ReadOnlySpan<byte> value, Instant now)
    {
        // §5.2.3: "If an INIT ACK chunk is received by an endpoint in any state other than the COOKIE-WAIT … discard".
        if (State != SctpState.CookieWait)
        {
            return;
        }

        if (!InitChunk.TryParse(value, out var init, out var error) || init.Cookie.IsEmpty)
        {
            Drop("malformed INIT ACK");
            if (error is SctpParseError.BadValue or SctpParseError.None && value.Length >= InitChunk.FixedLength)
            {
                // §3.3.3.
                _peerTag = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value);
                Violate("INIT ACK without a cookie, a tag or streams");
            }

            return;
        }

        if (init.Cookie.Length > _options.MaxPacketSize - CommonHeader.Length - ChunkReader.HeaderLength)
        {
            _peerTag = init.InitiateTag;
            Violate("a cookie larger than a packet");
            return;
        }

        Build(new StateCookie
        {
            PeerTag = init.InitiateTag,
            PeerInitialTsn = init.InitialTsn,
            PeerWindow = init.ReceiverWindow,
            OutboundStreams = Math.Min(_options.Streams, init.InboundStreams),
            Capabilities = init.Capabilities & LocalCapabilities,
        });
        if (!init.Unrecognized.IsEmpty && init.Unrecognized.Length <= MaxReportedParameter)
        {
            QueueError(ErrorCauseCode.UnrecognizedParameters, init.Unrecognized);
        }

        _cookieEcho = init.Cookie.ToArray();
        _sendInit = false;
        _sendCookieEcho = true;
        _t1.Stop();
        State = SctpState.CookieEchoed;
    }

    private void OnCookieEcho(in CommonHeader header, ReadOnlySpan<byte> value, Instant now)
    {
        if (!StateCookie.TryParse(value, _cookieKey, out var cookie, out _) || header.VerificationTag != cookie.LocalTag || _hasEnded)
        {
            Drop("cookie");
            return;
        }

        var isLocalKnown = cookie.LocalTag == _localTag;
        var isPeerKnown = cookie.PeerTag == _peerTag && State is not (SctpState.Closed or SctpState.CookieWait);
        if (now - cookie.CreatedAt > _options.CookieLifetime && !(isLocalKnown && isPeerKnown))
        {
            // §5.2.6: by how much, in microseconds.
            var staleness = (uint)Math.Min(uint.MaxValue, (now - cookie.CreatedAt - _options.CookieLifetime).TotalMicroseconds);
            Span<byte> cause = stackalloc byte[8];
            var writer = new BigEndianWriter(cause);
            writer.WriteUInt16((ushort)ErrorCauseCode.StaleCookie);
            writer.WriteUInt16(8);
            writer.WriteUInt32(staleness);
            SendAlone(ChunkType.Error, 0, cause, cookie.PeerTag);
            return;
        }

        // §5.2.4, table 12.
        if (isLocalKnown && isPeerKnown)
        {
            // D: both sides know each other; the COOKIE ACK was lost, or INITs crossed.
            Establish(now);
        }
        else if (isLocalKnown)
        {
            // B: the peer began, with a tag not seen yet.
            if (State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed)
            {
                Build(cookie);
                Establish(now);
            }
        }
        else if (State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed)
        {
            Drop("cookie of no use");
        }
        else if (cookie.LocalTieTag == _localTag && cookie.PeerTieTag == _peerTag)
        {
            Restart(cookie, now);
        }
        else
        {
            // C: an old cookie.
            Drop("old cookie");
        }
    }

    // §5.2.4-A.
    private void Restart(in StateCookie cookie, Instant now)
    {
        if (State == SctpState.ShutdownAckSent)
        {
            _sendShutdownAck = true;
            QueueError(ErrorCauseCode.CookieReceivedWhileShuttingDown, []);
            return;
        }

        _logger.Restarted();
        StopTimers();
        _snapshots.Clear();
        _localTag = cookie.LocalTag;
        _localInitialTsn = cookie.LocalInitialTsn;
        Build(cookie);
        ForgetResets();
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Restarted });
        State = SctpState.CookieEchoed;
        Establish(now);
    }

    private void OnCookieAck(Instant now)
    {
        if (State == SctpState.CookieEchoed)
        {
            Establish(now);
            _sendCookieAck = false;
        }
    }

    private void Establish(Instant now)
    {
        _sendCookieAck = true;
        if (State is not (SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed))
        {
            return;
        }

        State = SctpState.Established;
        MaxStreams = _outboundStreams;
        _t1.Stop();
        _sendInit = _sendCookieEcho = false;
        _cookieEcho = [];
        _heartbeat.Start(now + _options.HeartbeatInterval);
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Connected });
        _logger.Connected(_outboundStreams, (uint)Math.Min(uint.MaxValue, _peerWindow), _peer);
    }
}
