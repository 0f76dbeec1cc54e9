using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// How the peer is told what is given up: FORWARD TSN (RFC 3758 §3.5), with interleaving I-FORWARD-TSN (RFC 8260 §2.3.1).
public sealed partial class SctpAssociation
{
    private const int MaxForwardedStreams = 256;

    // RFC 3758 §3.5-C3 and §3.2.
    private void WriteForwardTsn(ref ChunkWriter writer, Instant now)
    {
        if (_outstanding.AdvancedAckPoint <= _outstanding.CumulativeAck)
        {
            _sendForwardTsn = false;
            return;
        }

        var size = IsInterleaving ? 8 : 4;
        var room = Math.Min((writer.Remaining - 8) / size, MaxForwardedStreams);
        if (room < 1)
        {
            return;
        }

        Span<(ushort Stream, bool IsUnordered)> skipped = stackalloc (ushort, bool)[room];
        var upTo = CollectSkipped(skipped, out var count);
        var value = writer.Begin(IsInterleaving ? ChunkType.InterleavedForwardTsn : ChunkType.ForwardTsn, 0, 4 + size * count);
        BinaryPrimitives.WriteUInt32BigEndian(value, upTo.Value);
        for (var index = 0; index < count; index++)
        {
            WriteSkipped(value[(4 + size * index)..], skipped[index].Stream, skipped[index].IsUnordered);
        }

        _sendForwardTsn = false;
        _forwardedTo = _outstanding.AdvancedAckPoint;
        _forwardedAt = now;
        UpdateT3(false, now);
    }

    // Up to where it may be told, and of which streams something is skipped: unordered messages have a name only where they have a number.
    private Tsn CollectSkipped(Span<(ushort Stream, bool IsUnordered)> skipped, out int count)
    {
        count = 0;
        var upTo = _outstanding.CumulativeAck;
        for (var tsn = upTo + 1; tsn <= _outstanding.AdvancedAckPoint; tsn++)
        {
            ref var message = ref _queue[_outstanding[tsn].Message];
            if (!message.IsUnordered || IsInterleaving)
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
        var stream = _queue.StreamOf(new StreamId(id));
        BinaryPrimitives.WriteUInt16BigEndian(entry, id);
        if (!IsInterleaving)
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
