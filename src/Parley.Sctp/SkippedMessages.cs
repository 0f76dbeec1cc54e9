using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>Tells the peer what is given up: FORWARD TSN (RFC 3758 §3.5), with interleaving I-FORWARD-TSN (RFC 8260 §2.3.1).</summary>
internal sealed class SkippedMessages(SendQueue queue, RetransmissionQueue outstanding, bool isInterleaving)
{
    private const int MaxStreams = 256;
    private Tsn _toldUpTo;
    private Instant _toldAt;

    /// <summary>Whether the next packet tells of it.</summary>
    public bool IsDue { get; private set; }

    private bool HasSomething => outstanding.AdvancedAckPoint > outstanding.CumulativeAck;

    /// <summary>
    /// Something may have been given up, or a SACK come: RFC 3758 §3.5-C3. The same is told again only after a round trip: a SACK on its
    /// way may already answer it.
    /// </summary>
    public void Offer(TimeSpan roundTrip, Instant now) =>
        IsDue |= HasSomething && (outstanding.AdvancedAckPoint != _toldUpTo || now - _toldAt > roundTrip);

    /// <summary>What was told may be lost: it is told again if the peer does not know it.</summary>
    public void OfferAgain() => IsDue |= HasSomething;

    /// <summary>Nothing is told any more.</summary>
    public void Stop() => IsDue = false;

    /// <summary>Writes the chunk: RFC 3758 §3.5-C3 and §3.2. False: nothing was written.</summary>
    public bool Write(ref ChunkWriter writer, Instant now)
    {
        if (!HasSomething)
        {
            IsDue = false;
            return false;
        }

        var size = isInterleaving ? 8 : 4;
        var room = Math.Min((writer.Remaining - 8) / size, MaxStreams);
        if (room < 1)
        {
            return false;
        }

        Span<(ushort Stream, bool IsUnordered)> skipped = stackalloc (ushort, bool)[room];
        var upTo = Collect(skipped, out var count);
        var value = writer.Begin(isInterleaving ? ChunkType.InterleavedForwardTsn : ChunkType.ForwardTsn, 0, 4 + size * count);
        BinaryPrimitives.WriteUInt32BigEndian(value, upTo.Value);
        for (var index = 0; index < count; index++)
        {
            WriteSkipped(value[(4 + size * index)..], skipped[index].Stream, skipped[index].IsUnordered);
        }

        IsDue = false;
        _toldUpTo = outstanding.AdvancedAckPoint;
        _toldAt = now;
        return true;
    }

    // Up to where it may be told, and of which streams something is skipped: unordered messages have a name only where they have a number.
    private Tsn Collect(Span<(ushort Stream, bool IsUnordered)> skipped, out int count)
    {
        count = 0;
        var upTo = outstanding.CumulativeAck;
        for (var tsn = upTo + 1; tsn <= outstanding.AdvancedAckPoint; tsn++)
        {
            ref var message = ref queue[outstanding[tsn].Message];
            if (!message.IsUnordered || isInterleaving)
            {
                var stream = message.Stream;
                ref var hasSkipped = ref message.IsUnordered ? ref stream.HasSkippedUnordered : ref stream.HasSkipped;
                ref var last = ref message.IsUnordered ? ref stream.SkippedUnorderedMid : ref stream.SkippedMid;
                if (!hasSkipped)
                {
                    if (count == skipped.Length)
                    {
                        break;
                    }

                    hasSkipped = true;
                    last = message.Mid;
                    skipped[count++] = (stream.Id.Value, message.IsUnordered);
                }

                last = (int)(message.Mid - last) > 0 ? message.Mid : last;
            }

            upTo = tsn;
        }

        return upTo;
    }

    private void WriteSkipped(Span<byte> entry, ushort id, bool isUnordered)
    {
        var stream = queue.StreamOf(new StreamId(id));
        BinaryPrimitives.WriteUInt16BigEndian(entry, id);
        if (!isInterleaving)
        {
            BinaryPrimitives.WriteUInt16BigEndian(entry[2..], (ushort)stream.SkippedMid);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(entry[2..], isUnordered ? (ushort)1 : (ushort)0);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], isUnordered ? stream.SkippedUnorderedMid : stream.SkippedMid);
        }

        stream.HasSkipped &= isUnordered;
        stream.HasSkippedUnordered &= !isUnordered;
    }
}
