using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>Writes transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).</summary>
public static class RtcpTransportWide
{
    private const int DeltaUnit = 250;
    private const int ReferenceUnit = 64_000;

    /// <summary>Writes one feedback packet about consecutive transport-wide sequence numbers.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="sender">Who reports.</param>
    /// <param name="media">A stream of the transport.</param>
    /// <param name="first">The first sequence number.</param>
    /// <param name="feedbackCount">The running number of feedback packets.</param>
    /// <param name="arrivals">For each number, its arrival in microseconds, or -1 when it has not come; at least one has come.</param>
    /// <param name="written">How many numbers were written: fewer than given when time or room does not reach.</param>
    /// <returns>False: nothing fits, or nothing has arrived.</returns>
    public static bool TryWrite(
        ref RtcpWriter writer, Ssrc sender, Ssrc media, ushort first, byte feedbackCount, ReadOnlySpan<long> arrivals, out int written)
    {
        written = 0;
        var start = arrivals.IndexOfAnyExcept(-1);
        if (start < 0)
        {
            return false;
        }

        var reference = arrivals[start] / ReferenceUnit;
        var time = reference * ReferenceUnit;
        int deltaLength = 0, count = 0;
        var room = writer.Remaining - 12 - 8 - 3;
        foreach (var arrival in arrivals)
        {
            var symbol = Symbol(arrival, ref time, out _);
            if (symbol < 0 || count == ushort.MaxValue || deltaLength + symbol + 2 * ((count + 7) / 7) > room)
            {
                break;
            }

            deltaLength += symbol;
            count++;
        }

        var chunkLength = 2 * ((count + 6) / 7);
        var length = (8 + chunkLength + deltaLength + 3) / 4 * 4;
        if (count <= start || !writer.TryBeginFeedback(
            RtcpPacketType.TransportFeedback, RtcpFormat.TransportWide, sender, media, length, out var information))
        {
            return false;
        }

        information.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(information, first);
        BinaryPrimitives.WriteUInt16BigEndian(information[2..], (ushort)count);
        BinaryPrimitives.WriteInt32BigEndian(information[4..], (int)reference << 8 | feedbackCount);
        WriteSymbols(information, arrivals[..count], reference * ReferenceUnit, chunkLength);
        written = count;
        return true;
    }

    private static void WriteSymbols(Span<byte> information, ReadOnlySpan<long> arrivals, long time, int chunkLength)
    {
        // Two-bit status vectors of seven throughout: never the shortest, always enough.
        var deltas = information[(8 + chunkLength)..];
        var chunks = information[8..];
        for (var i = 0; i < arrivals.Length; i++)
        {
            var symbol = Symbol(arrivals[i], ref time, out var delta);
            var chunk = chunks[(i / 7 * 2)..];
            BinaryPrimitives.WriteUInt16BigEndian(
                chunk, (ushort)(0xC000 | BinaryPrimitives.ReadUInt16BigEndian(chunk) | symbol << (12 - i % 7 * 2)));
            if (symbol == 1)
            {
                deltas[0] = (byte)delta;
            }
            else if (symbol == 2)
            {
                BinaryPrimitives.WriteInt16BigEndian(deltas, (short)delta);
            }

            deltas = deltas[symbol..];
        }
    }

    /// <summary>
    /// The status of an arrival, which is also the length of its delta: 0 not come, 1 small, 2 large; -1 when it is too far off.
    /// </summary>
    private static int Symbol(long arrival, ref long time, out long delta)
    {
        delta = 0;
        if (arrival < 0)
        {
            return 0;
        }

        delta = (long)Math.Round((arrival - time) / (double)DeltaUnit);
        if (delta is < short.MinValue or > short.MaxValue)
        {
            return -1;
        }

        time += delta * DeltaUnit;
        return delta is >= 0 and <= 255 ? 1 : 2;
    }
}
