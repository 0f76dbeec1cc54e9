using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What leaves, a packet a call: control first, then data (RFC 9260 §6.10).
public sealed partial class SctpAssociation
{
    /// <summary>Writes the next packet, to become one DTLS record; 0: nothing to send now.</summary>
    /// <param name="destination">At least <see cref="SctpOptions.MaxPacketSize"/> bytes; with <see cref="NextPacketLimit"/> the packet is
    /// as large as the path takes.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>The packet's length.</returns>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public int Transmit(Span<byte> destination, Instant now)
    {
        if (destination.Length < _options.MaxPacketSize)
        {
            throw new ArgumentException($"A packet may have {_options.MaxPacketSize} bytes.", nameof(destination));
        }

        if (_outbox.HasPackets)
        {
            return _outbox.TryTake(destination);
        }

        var block = _life.Block;
        if (block.Receiver.HasSnapshots && block.Receiver.TryTakeSnapshot(out var sack))
        {
            sack.CopyTo(destination);
            return _outbox.CountSent(sack.Length);
        }

        var path = block.Sender.Path;
        if (path.Wanted > 0 && path.Wanted <= destination.Length && State == SctpState.Established)
        {
            return TransmitPathProbe(destination[..path.Wanted], now);
        }

        var packet = destination[..Math.Min(destination.Length, path.Size)];
        return _life.Phase.IsUp ? TransmitUp(block, packet, now) : _life.Transmit(packet, now);
    }

    private int TransmitUp(ControlBlock block, Span<byte> packet, Instant now)
    {
        var mayBegin = _life.Phase.MayBegin;
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        WriteControl(block, ref writer, mayBegin, now);
        if (block.Sender.Write(ref writer, mayBegin, now)
            && _context.Tally.BytesSent >= DataSender.WorthSearching && State == SctpState.Established)
        {
            block.Sender.Path.Begin();
        }

        if (!mayBegin)
        {
            _life.WriteShutdown(ref writer, now);
        }

        return writer.Position == CommonHeader.Length ? 0 : _outbox.Finish(packet, writer.Position);
    }

    private void WriteControl(ControlBlock block, ref ChunkWriter writer, bool mayBegin, Instant now)
    {
        var sender = block.Sender;
        if (_outbox.HasChunks)
        {
            _outbox.Write(ref writer);
        }

        if (block.Receiver.IsSackDue(sender, mayBegin, now))
        {
            block.Receiver.WriteSack(ref writer);
            WriteRoundTripQuestion(ref writer, now);
        }

        if (sender.Skipped.IsDue)
        {
            sender.WriteSkipped(ref writer, now);
        }

        if (block.OutgoingResets.HasRequest)
        {
            block.OutgoingResets.Write(ref writer, block.IncomingResets.LastNumber, sender.Outstanding.Next, sender.RoundTrip.Rto, now);
        }

        if (block.Heartbeat.IsDue)
        {
            block.Heartbeat.Write(ref writer, sender.RoundTrip.Rto, now);
        }
    }

    private void WriteRoundTripQuestion(ref ChunkWriter writer, Instant now)
    {
        if (Receiver.Tuning.IsAsking && writer.Remaining >= Heartbeat.ChunkLength && State == SctpState.Established)
        {
            var nonce = _context.Random.NextUInt64() | 1;
            Receiver.Tuning.OnAsked(nonce, now);
            Heartbeat.Write(ref writer, nonce);
        }
    }

    // RFC 9260 §7.3 and RFC 8899 §6.2: a probe is a HEARTBEAT with a PAD chunk (RFC 4820) behind it, alone in its packet. That it is lost
    // says nothing of congestion, nor of the peer.
    private int TransmitPathProbe(Span<byte> packet, Instant now)
    {
        var nonce = _context.Random.NextUInt64() | 1;
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        Heartbeat.Write(ref writer, nonce);
        writer.Begin(ChunkType.Pad, 0, writer.Remaining - ChunkReader.HeaderLength).Clear();
        Sender.Path.OnSent(nonce, Sender.RoundTrip.Rto, now);
        return _outbox.Finish(packet, packet.Length);
    }
}
