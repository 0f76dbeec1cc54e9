using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §9: in order by SHUTDOWN, at once by ABORT.
internal sealed partial class AssociationLifecycle
{
    private const int MaxReasonBytes = 256;

    /// <summary>Ends the association once everything queued is acknowledged (§9.2).</summary>
    public void Shutdown(Instant now)
    {
        switch (Phase.State)
        {
            case SctpState.CookieWait or SctpState.CookieEchoed:
                Abort("shut down before it was connected");
                break;
            case SctpState.Established:
                Phase = new AssociationPhase.ShutdownPending();
                ShutdownWhenDrained();
                break;
        }
    }

    /// <summary>Ends the association at once, by the user's will (§9.1).</summary>
    /// <param name="reason">Told to the peer, up to 256 bytes of UTF-8.</param>
    public void Abort(string reason) => AbortWith(ErrorCauseCode.UserInitiatedAbort, SctpFailure.Aborted, reason);

    /// <summary>Ends the association at once, for what the peer did (§9.1).</summary>
    public void Violate(string what) => AbortWith(ErrorCauseCode.ProtocolViolation, SctpFailure.ProtocolViolation, what);

    private void AbortWith(ErrorCauseCode code, SctpFailure failure, string reason)
    {
        if (HasEnded)
        {
            return;
        }

        if (outbox.PeerTag != 0)
        {
            Span<byte> cause = stackalloc byte[4 + MaxReasonBytes];
            Encoding.UTF8.TryGetBytes(reason, cause[4..], out var length);
            BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)code);
            BinaryPrimitives.WriteUInt16BigEndian(cause[2..], (ushort)(4 + length));
            outbox.SendAlone(ChunkType.Abort, 0, cause[..(4 + length)], outbox.PeerTag);
        }

        Fail(failure, reason, (int)code);
    }

    /// <summary>Ends the association, and tells the reader why; the peer is told nothing here.</summary>
    public void Fail(SctpFailure failure, string reason, int? causeCode = null)
    {
        if (HasEnded)
        {
            return;
        }

        // An abort by either side's user is how a connection is closed (webrtc-pc §4.4.2, close): no reason to call anybody.
        var level = failure is SctpFailure.Aborted or SctpFailure.AbortedByPeer ? LogLevel.Debug : LogLevel.Warning;
        context.Logger.Failed(level, failure, reason);
        End();
        var ending = new SctpEnding(failure, reason, causeCode);
        context.Events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.Failed, Ending = ending });
    }

    private void Close()
    {
        context.Logger.Closed();
        End();
        context.Events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.Closed });
    }

    /// <summary>Nothing is waited for or sent any more, but packets of their own that are queued.</summary>
    public void End()
    {
        Phase = new AssociationPhase.Ended();
        Block.Stop();
        outbox.DropChunks();
    }

    /// <summary>Takes an ABORT.</summary>
    public void OnAbort(ReadOnlySpan<byte> causes) =>
        Fail(SctpFailure.AbortedByPeer, ErrorCause.Describe(causes), (int?)ErrorCause.First(causes));

    /// <summary>Something may have been acknowledged: goes on with the shutdown when that was all (§9.2).</summary>
    public void ShutdownWhenDrained()
    {
        if (!Block.Sender.IsDrained)
        {
            return;
        }

        if (Phase is AssociationPhase.ShutdownPending)
        {
            Phase = new AssociationPhase.ShutdownSent();
        }
        else if (Phase is AssociationPhase.ShutdownReceived)
        {
            Phase = new AssociationPhase.ShutdownAckSent();
        }
    }

    /// <summary>Takes a SHUTDOWN.</summary>
    public void OnShutdown(ReadOnlySpan<byte> value, Instant now)
    {
        if (value.Length < 4)
        {
            context.Drop("malformed SHUTDOWN");
            return;
        }

        switch (Phase)
        {
            case AssociationPhase.Established or AssociationPhase.ShutdownPending or AssociationPhase.ShutdownReceived:
                Phase = new AssociationPhase.ShutdownReceived();
                if (!Block.Sender.OnCumulativeAck(new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)), now))
                {
                    ViolateByReneging();
                }

                ShutdownWhenDrained();
                break;
            case AssociationPhase.ShutdownSent:
                // "If an endpoint is in the SHUTDOWN-SENT state and receives a SHUTDOWN chunk from its peer, the endpoint SHOULD respond
                // immediately with a SHUTDOWN ACK".
                Phase = new AssociationPhase.ShutdownAckSent();
                break;
            case AssociationPhase.ShutdownAckSent sent:
                sent.Chunk.Request();
                break;
        }
    }

    /// <summary>Takes a SHUTDOWN ACK.</summary>
    public void OnShutdownAck()
    {
        if (Phase is AssociationPhase.ShutdownSent or AssociationPhase.ShutdownAckSent)
        {
            outbox.SendAlone(ChunkType.ShutdownComplete, 0, [], outbox.PeerTag);
            Close();
        }
    }

    /// <summary>Takes a SHUTDOWN COMPLETE.</summary>
    public void OnShutdownComplete()
    {
        if (Phase is AssociationPhase.ShutdownAckSent)
        {
            Close();
        }
    }

    /// <summary>A packet with data has come. §9.2: "While in the SHUTDOWN-SENT state, the SHUTDOWN sender MUST immediately respond to each
    /// received packet containing one or more DATA chunks with a SHUTDOWN chunk and restart the T2-shutdown timer."</summary>
    public void AfterData()
    {
        if (Phase is AssociationPhase.ShutdownSent sent)
        {
            sent.Chunk.Request();
        }
    }

    /// <summary>Writes the SHUTDOWN or SHUTDOWN ACK, if one is due and has room.</summary>
    public void WriteShutdown(ref ChunkWriter writer, Instant now)
    {
        if (Phase is not AssociationPhase.Asking { Chunk.IsDue: true } asking)
        {
            return;
        }

        if (asking is AssociationPhase.ShutdownSent && writer.Remaining >= 8)
        {
            BinaryPrimitives.WriteUInt32BigEndian(writer.Begin(ChunkType.Shutdown, 0, 4), Block.Receiver.Received.Cumulative.Value);
            asking.Chunk.OnSent(Block.Sender.RoundTrip.Rto, options.MaxRto, now);
        }
        else if (asking is AssociationPhase.ShutdownAckSent && writer.Remaining >= 4)
        {
            writer.Begin(ChunkType.ShutdownAck, 0, 0);
            asking.Chunk.OnSent(Block.Sender.RoundTrip.Rto, options.MaxRto, now);
        }
    }
}
