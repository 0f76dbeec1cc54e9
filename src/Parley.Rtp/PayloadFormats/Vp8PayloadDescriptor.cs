using Parley.Net;

namespace Parley.Rtp;

/// <summary>What precedes the VP8 data in each payload (RFC 7741 §4.2).</summary>
/// <remarks><code>
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |X|R|N|S|R| PID | (required)
///     +-+-+-+-+-+-+-+-+
/// X:  |I|L|T|K|  RSV  | (optional)
/// I:  |M| PictureID   | (7 bits; with M set, 15 bits over two bytes)
/// L:  |   TL0PICIDX   |
/// T/K:|TID|Y| KEYIDX  |
/// </code></remarks>
public readonly record struct Vp8PayloadDescriptor
{
    /// <summary>Bytes the descriptor takes.</summary>
    public int Length { get; private init; }

    /// <summary>N: whether no other frame refers to this one.</summary>
    public bool IsNonReference { get; private init; }

    /// <summary>S: whether a partition starts with this payload.</summary>
    public bool StartsPartition { get; private init; }

    /// <summary>PID: the partition, 0 to 7.</summary>
    public int PartitionIndex { get; private init; }

    /// <summary>The frame's running number, of 7 or 15 bits; -1 when absent.</summary>
    public int PictureId { get; private init; }

    /// <summary>The running number of the temporal base layer's frames; -1 when absent.</summary>
    public int TemporalLevelZeroIndex { get; private init; }

    /// <summary>The temporal layer, 0 to 3; -1 when absent.</summary>
    public int TemporalLayer { get; private init; }

    /// <summary>Y: whether the frame depends on the base layer alone.</summary>
    public bool LayerSync { get; private init; }

    /// <summary>The running number of key frames, 0 to 31; -1 when absent.</summary>
    public int KeyIndex { get; private init; }

    /// <summary>Whether a frame starts with this payload.</summary>
    public bool StartsFrame => StartsPartition && PartitionIndex == 0;

    /// <summary>Reads the descriptor; false when the payload ends before it does.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp8PayloadDescriptor descriptor)
    {
        var reader = new BigEndianReader(payload);
        if (!reader.TryReadByte(out var first))
        {
            descriptor = default;
            return false;
        }

        descriptor = new Vp8PayloadDescriptor
        {
            Length = 1,
            IsNonReference = (first & 0x20) != 0,
            StartsPartition = (first & 0x10) != 0,
            PartitionIndex = first & 0x07,
            PictureId = -1,
            TemporalLevelZeroIndex = -1,
            TemporalLayer = -1,
            KeyIndex = -1,
        };
        return (first & 0x80) == 0 || descriptor.TryReadExtension(ref reader, payload.Length, out descriptor);
    }

    private bool TryReadExtension(ref BigEndianReader reader, int length, out Vp8PayloadDescriptor descriptor)
    {
        descriptor = this;
        int pictureId = -1;
        byte levelZero = 0, layers = 0;
        if (!reader.TryReadByte(out var present)
            || ((present & 0x80) != 0 && !VpxPictureId.TryRead(ref reader, out pictureId))
            || ((present & 0x40) != 0 && !reader.TryReadByte(out levelZero))
            || ((present & 0x30) != 0 && !reader.TryReadByte(out layers)))
        {
            return false;
        }

        var (hasLayer, hasKey) = ((present & 0x20) != 0, (present & 0x10) != 0);
        descriptor = this with
        {
            Length = length - reader.Remaining,
            PictureId = pictureId,
            TemporalLevelZeroIndex = (present & 0x40) != 0 ? levelZero : -1,
            TemporalLayer = hasLayer ? layers >> 6 : -1,
            LayerSync = hasLayer && (layers & 0x20) != 0,
            KeyIndex = hasKey ? layers & 0x1F : -1,
        };
        return true;
    }
}
