using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What concerns data: DATA (RFC 9260 §6.2), SACK (§6.2.1), FORWARD TSN (RFC 3758 §3.6).
public sealed partial class SctpAssociation
{
    private void OnData(bool isInterleaved, byte flags, ReadOnlySpan<byte> value)
    {
        if (!(isInterleaved
            ? DataChunk.TryParseInterleaved(flags, value, out var chunk, out _)
            : DataChunk.TryParse(flags, value, out chunk, out _)))
        {
            _context.Drop("malformed DATA");
            return;
        }

        // §5.1.5 comes first in a packet with a COOKIE ECHO. In other states DATA is out of place.
        if (!_life.Phase.IsReceiving)
        {
            return;
        }

        if (chunk.Payload.IsEmpty)
        {
            // §6.2: "If a DATA chunk with no user data is received …, the endpoint MUST send an ABORT chunk with a 'No User Data' error
            // cause".
            Span<byte> cause = stackalloc byte[8];
            BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)ErrorCauseCode.NoUserData);
            BinaryPrimitives.WriteUInt16BigEndian(cause[2..], 8);
            BinaryPrimitives.WriteUInt32BigEndian(cause[4..], chunk.Tsn.Value);
            _outbox.SendAlone(ChunkType.Abort, 0, cause, _outbox.PeerTag);
            _life.Fail(SctpFailure.ProtocolViolation, "DATA without user data");
            return;
        }

        if (isInterleaved != Receiver.IsInterleaving)
        {
            // RFC 8260 §2.2.1: "the endpoint MUST abort the association".
            _life.Violate("DATA where messages are interleaved");
            return;
        }

        _hasDataInPacket = true;
        var isImmediate = (flags & DataChunk.Immediate) != 0 || State == SctpState.ShutdownSent;
        if (!Receiver.Take(chunk, isImmediate, out var isUnknownStream))
        {
            _life.Violate("fragments of no message");
        }
        else if (isUnknownStream)
        {
            // §6.5: acknowledged, told of, and dropped.
            Span<byte> id = [(byte)(chunk.Stream >> 8), (byte)chunk.Stream, 0, 0];
            _outbox.QueueError(ErrorCauseCode.InvalidStreamIdentifier, id);
        }
    }

    private void OnForwardTsn(bool isInterleaved, ReadOnlySpan<byte> value)
    {
        if (!_life.Phase.IsReceiving || (Agreed & PeerCapabilities.PartialReliability) == 0 || isInterleaved != Receiver.IsInterleaving
            || !ForwardTsnChunk.TryParse(value, isInterleaved, out var chunk, out _))
        {
            _context.Drop("FORWARD TSN");
            return;
        }

        if (!Receiver.Forward(chunk))
        {
            _life.Violate("messages skipped that never were");
            return;
        }

        _life.Block.IncomingResets.PerformDeferred();
    }

    private void OnSack(ReadOnlySpan<byte> value, Instant now)
    {
        if (!_life.Phase.IsUp)
        {
            return;
        }

        if (!SackChunk.TryParse(value, out var sack, out _))
        {
            _context.Drop("malformed SACK");
            return;
        }

        // §6.2.1-i: an old one is dropped; so is one about what was never sent.
        if (!Sender.IsPlausible(sack.CumulativeTsnAck))
        {
            return;
        }

        _life.OnAnswered();
        if (!Sender.OnSack(sack, now))
        {
            _life.ViolateByReneging();
        }
    }

    private void AfterPacket(Instant now)
    {
        if (_life.HasEnded)
        {
            return;
        }

        if (_hasDataInPacket)
        {
            Receiver.AfterPacket(_outbox, _life.Phase.IsUp, now);
            _life.AfterData();
            _life.Block.IncomingResets.PerformDeferred();
        }

        _life.ShutdownWhenDrained();
    }
}
