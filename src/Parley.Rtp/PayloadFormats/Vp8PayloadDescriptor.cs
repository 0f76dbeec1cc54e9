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
        descriptor = default;
        if (payload.IsEmpty)
        {
            return false;
        }

        var first = payload[0];
        int at = 1, pictureId = -1, levelZero = -1, layer = -1, key = -1;
        var sync = false;
        if ((first & 0x80) != 0)
        {
            if (payload.Length < 2)
            {
                return false;
            }

            var present = payload[at++];
            if ((present & 0x80) != 0)
            {
                if (payload.Length <= at || ((payload[at] & 0x80) != 0 && payload.Length <= at + 1))
                {
                    return false;
                }

                pictureId = payload[at++] & 0x7F;
                if ((payload[at - 1] & 0x80) != 0)
                {
                    pictureId = (pictureId << 8) | payload[at++];
                }
            }

            if ((present & 0x40) != 0)
            {
                if (payload.Length <= at)
                {
                    return false;
                }

                levelZero = payload[at++];
            }

            if ((present & 0x30) != 0)
            {
                if (payload.Length <= at)
                {
                    return false;
                }

                layer = (present & 0x20) != 0 ? payload[at] >> 6 : -1;
                sync = (present & 0x20) != 0 && (payload[at] & 0x20) != 0;
                key = (present & 0x10) != 0 ? payload[at] & 0x1F : -1;
                at++;
            }
        }

        descriptor = new Vp8PayloadDescriptor
        {
            Length = at,
            IsNonReference = (first & 0x20) != 0,
            StartsPartition = (first & 0x10) != 0,
            PartitionIndex = first & 0x07,
            PictureId = pictureId,
            TemporalLevelZeroIndex = levelZero,
            TemporalLayer = layer,
            LayerSync = sync,
            KeyIndex = key,
        };
        return true;
    }
}
