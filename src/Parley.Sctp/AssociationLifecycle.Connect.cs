using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §5: the four-way handshake. Both sides of WebRTC begin it, so that INITs cross (§5.2.1) is the usual case. Where both have
// signaled their INITs there is none (draft-hancke-tsvwg-snap).
internal sealed partial class AssociationLifecycle
{
    /// <summary>
    /// Begins to connect; with both INITs signaled, the association is established at once. Does nothing when that has happened, or after
    /// the end.
    /// </summary>
    public void Connect(Instant now)
    {
        if (Phase is not AssociationPhase.Fresh)
        {
            return;
        }

        context.Logger.Connects(options.LocalPort, options.RemotePort);
        if (options is { LocalInit: { } local, RemoteInit: { } remote })
        {
            // "When the 'sctp-init' attribute has been negotiated, both endpoints SHOULD consider the SCTP association to be in the
            // ESTABLISHED state […] once the DTLS handshake finishes. The steps A-E described in Section 5.1 of [RFC9260] can be skipped":
            // what they leave behind is the same.
            Build(Handshake.Agree(options, local, remote));
            Establish(now);
            return;
        }

        Phase = new AssociationPhase.CookieWait();
    }

    /// <summary>Takes an INIT.</summary>
    public void OnInit(ReadOnlySpan<byte> value, Instant now)
    {
        if (HasEnded)
        {
            if (InitChunk.TryParse(value, out var late, out _))
            {
                outbox.SendAlone(ChunkType.Abort, 1, [], late.InitiateTag);
            }

            return;
        }

        if (Phase is AssociationPhase.ShutdownAckSent shuttingDown)
        {
            // §9.2: "it SHOULD discard the INIT chunk and retransmit the SHUTDOWN ACK chunk".
            shuttingDown.Chunk.Request();
            return;
        }

        if (!InitChunk.TryParse(value, out var init, out var error))
        {
            context.Drop("malformed INIT");
            if (error == SctpParseError.BadValue && value.Length >= InitChunk.FixedLength)
            {
                // §3.3.2: with the tag 0 there is nobody to tell.
                var tag = BinaryPrimitives.ReadUInt32BigEndian(value);
                if (tag != 0)
                {
                    outbox.SendAlone(ChunkType.Abort, 0, [], tag);
                }
            }

            return;
        }

        if (outbox.IsFull)
        {
            context.Drop("answers are waiting");
            return;
        }

        handshake.Answer(init, Phase, Block.Sender.Outstanding.Next, outbox, now);
    }

    /// <summary>Takes an INIT ACK.</summary>
    public void OnInitAck(ReadOnlySpan<byte> value)
    {
        // §5.2.3: "If an INIT ACK chunk is received by an endpoint in any state other than the COOKIE-WAIT … discard".
        if (Phase is not AssociationPhase.CookieWait)
        {
            return;
        }

        if (!InitChunk.TryParse(value, out var init, out var error) || init.Cookie.IsEmpty)
        {
            context.Drop("malformed INIT ACK");
            if (error is SctpParseError.BadValue or SctpParseError.None && value.Length >= InitChunk.FixedLength)
            {
                // §3.3.3.
                outbox.PeerTag = BinaryPrimitives.ReadUInt32BigEndian(value);
                Violate("INIT ACK without a cookie, a tag or streams");
            }

            return;
        }

        if (init.Cookie.Length > options.MaxPacketSize - CommonHeader.Length - ChunkReader.HeaderLength)
        {
            outbox.PeerTag = init.InitiateTag;
            Violate("a cookie larger than a packet");
            return;
        }

        Build(handshake.Agree(init));
        if (Handshake.Reported(init.Unrecognized) is { IsEmpty: false } unrecognized)
        {
            outbox.QueueError(ErrorCauseCode.UnrecognizedParameters, unrecognized);
        }

        Phase = new AssociationPhase.CookieEchoed(init.Cookie.ToArray());
    }

    /// <summary>Takes a COOKIE ECHO.</summary>
    public void OnCookieEcho(in CommonHeader header, ReadOnlySpan<byte> value, Instant now)
    {
        if (HasEnded)
        {
            context.Drop("cookie");
            return;
        }

        switch (handshake.Judge(value, header.VerificationTag, Phase, outbox.PeerTag, now, out var cookie))
        {
            case CookieVerdict.Stale:
                TellStale(cookie, now);
                break;
            case CookieVerdict.Known:
                outbox.QueueCookieAck();
                Establish(now);
                break;
            case CookieVerdict.New when Phase.IsBeforeEstablished:
                outbox.QueueCookieAck();
                Build(cookie);
                Establish(now);
                break;
            case CookieVerdict.New:
                break;
            case CookieVerdict.Restart:
                Restart(cookie, now);
                break;
            case CookieVerdict.Invalid:
                context.Drop("cookie");
                break;
            case CookieVerdict.OfNoUse:
                context.Drop("cookie of no use");
                break;
            default:
                context.Drop("old cookie");
                break;
        }
    }

    /// <summary>The peer says that the cookie is stale: begin again (§5.2.6).</summary>
    public void OnStaleCookie()
    {
        if (Phase is AssociationPhase.CookieEchoed)
        {
            Phase = new AssociationPhase.CookieWait();
        }
    }

    /// <summary>Writes the INIT or the COOKIE ECHO, if one is due; else returns 0.</summary>
    public int Transmit(Span<byte> packet, Instant now)
    {
        if (Phase is not AssociationPhase.Asking { Chunk.IsDue: true } asking)
        {
            return 0;
        }

        var writer = new ChunkWriter(packet, CommonHeader.Length);
        asking.Chunk.OnSent(options.InitialRto, options.MaxRto, now);
        if (asking is AssociationPhase.CookieEchoed { Cookie: var cookie })
        {
            cookie.CopyTo(writer.Begin(ChunkType.CookieEcho, 0, cookie.Length));
            return outbox.Finish(packet, writer.Position, outbox.PeerTag, isZeroUsed: false);
        }

        handshake.WriteInit(ref writer);
        return outbox.Finish(packet, writer.Position, 0, isZeroUsed: false);
    }

    // §5.2.6: by how much, in microseconds.
    private void TellStale(in StateCookie cookie, Instant now)
    {
        var staleness = (uint)Math.Min(uint.MaxValue, (now - cookie.CreatedAt - options.CookieLifetime).TotalMicroseconds);
        Span<byte> cause = stackalloc byte[8];
        var writer = new BigEndianWriter(cause);
        writer.WriteUInt16((ushort)ErrorCauseCode.StaleCookie);
        writer.WriteUInt16(8);
        writer.WriteUInt32(staleness);
        outbox.SendAlone(ChunkType.Error, 0, cause, cookie.PeerTag);
    }

    // §5.2.4-A.
    private void Restart(in StateCookie cookie, Instant now)
    {
        if (Phase is AssociationPhase.ShutdownAckSent shuttingDown)
        {
            shuttingDown.Chunk.Request();
            outbox.QueueError(ErrorCauseCode.CookieReceivedWhileShuttingDown, []);
            return;
        }

        context.Logger.Restarted();
        handshake.Restart(cookie);
        outbox.QueueCookieAck();
        Build(cookie);
        context.Events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.Restarted });
        Phase = new AssociationPhase.Fresh();
        Establish(now);
    }

    /// <summary>Takes a COOKIE ACK.</summary>
    public void OnCookieAck(Instant now)
    {
        if (Phase is AssociationPhase.CookieEchoed)
        {
            Establish(now);
        }
    }

    private void Establish(Instant now)
    {
        if (!Phase.IsBeforeEstablished)
        {
            return;
        }

        Phase = new AssociationPhase.Established();
        MaxStreams = Block.OutboundStreams;
        Block.Heartbeat.Schedule(now + options.HeartbeatInterval);
        context.Events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.Connected });
        context.Logger.Connected(Block.OutboundStreams, (uint)Math.Min(uint.MaxValue, Block.Sender.PeerWindow), Block.Capabilities);
    }
}
