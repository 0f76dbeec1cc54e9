namespace Parley.Rtp;

/// <summary>
/// The beginning of a VP9 frame: its uncompressed header, as far as the size of a key frame (VP9 bitstream specification §6.2).
/// </summary>
public readonly record struct Vp9FrameHeader
{
    private const uint FrameMarker = 2;
    private const uint SyncCode = 0x498342;
    private const uint RgbColorSpace = 7;
    private const int SuperframeMarker = 0xC0;

    /// <summary>The bytes in which a frame that is no key frame can tell a size of its own.</summary>
    private const int LongestSizeOfItsOwn = 9;

    /// <summary>The profile, 0 to 3.</summary>
    public int Profile { get; private init; }

    /// <summary>Whether a frame decoded earlier is shown again, and nothing is coded.</summary>
    public bool ShowsExistingFrame { get; private init; }

    /// <summary>Whether decoding can begin with the frame.</summary>
    public bool IsKeyFrame { get; private init; }

    /// <summary>Whether the frame is shown, and not only referred to.</summary>
    public bool IsShown { get; private init; }

    /// <summary>Pixels across, of key frames and of those that tell a size of their own; else 0.</summary>
    public int Width { get; private init; }

    /// <summary>Pixels down, as above.</summary>
    public int Height { get; private init; }

    /// <summary>Reads the header of a frame, or of the first of a superframe; false when the bytes are none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp9FrameHeader header)
    {
        header = default;
        var bits = new BitReader(frame);
        if (frame.IsEmpty || bits.Read(2) != FrameMarker)
        {
            return false;
        }

        var low = bits.Read(1);
        var profile = (int)(bits.Read(1) << 1 | low);
        if (profile == 3 && bits.ReadFlag())
        {
            return false; // "reserved_zero"
        }

        if (bits.ReadFlag())
        {
            header = new Vp9FrameHeader { Profile = profile, ShowsExistingFrame = true, IsShown = true };
            return true;
        }

        var isKey = !bits.ReadFlag();
        var isShown = bits.ReadFlag();
        var isErrorResilient = bits.ReadFlag();
        int width = 0, height = 0;
        if (isKey && !TryReadSize(ref bits, profile, out width, out height))
        {
            return false;
        }

        if (!isKey && frame.Length >= LongestSizeOfItsOwn)
        {
            ReadSizeOfItsOwn(ref bits, isShown, isErrorResilient, out width, out height);
        }

        header = new Vp9FrameHeader { Profile = profile, IsKeyFrame = isKey, IsShown = isShown, Width = width, Height = height };
        return !bits.IsExhausted;
    }

    /// <summary>
    /// The size of the pictures of a key frame, or of a superframe that begins with one: of its spatial layers the largest (VP9 bitstream
    /// specification, Annex B). False when the bytes are neither.
    /// </summary>
    public static bool TryReadPictureSize(ReadOnlySpan<byte> data, out int width, out int height)
    {
        var isKeyFrame = TryParse(data, out var header) && header.IsKeyFrame;
        (width, height) = isKeyFrame ? (header.Width, header.Height) : (0, 0);
        if (!isKeyFrame || (data[^1] & 0xE0) != SuperframeMarker)
        {
            return isKeyFrame;
        }

        // superframe_header, frame_sizes, and the header once more, at the end.
        var (sizeLength, frames) = (((data[^1] >> 3) & 3) + 1, (data[^1] & 7) + 1);
        var index = data.Length - 2 - sizeLength * frames;
        if (index <= 0 || data[index] != data[^1])
        {
            return true;
        }

        var at = 0;
        for (var i = 0; i < frames; i++)
        {
            var size = 0L;
            for (var j = 0; j < sizeLength; j++)
            {
                size |= (long)data[index + 1 + i * sizeLength + j] << (8 * j);
            }

            if (size > index - at)
            {
                return true;
            }

            if (size > 0 && TryParse(data.Slice(at, (int)size), out var layer) && (long)layer.Width * layer.Height > (long)width * height)
            {
                (width, height) = (layer.Width, layer.Height);
            }

            at += (int)size;
        }

        return true;
    }

    /// <summary>frame_size_with_refs() of a frame that refers to others: a size of its own, unless it has that of one of them.</summary>
    private static void ReadSizeOfItsOwn(ref BitReader bits, bool isShown, bool isErrorResilient, out int width, out int height)
    {
        width = height = 0;
        var isIntraOnly = !isShown && bits.ReadFlag();
        if (isIntraOnly)
        {
            return;
        }

        // reset_frame_context, refresh_frame_flags, and an index and a sign bias for each of three references.
        bits.Skip((isErrorResilient ? 0 : 2) + 8 + 3 * 4);
        for (var i = 0; i < 3; i++)
        {
            if (bits.ReadFlag())
            {
                return;
            }
        }

        width = (int)bits.Read(16) + 1;
        height = (int)bits.Read(16) + 1;
    }

    private static bool TryReadSize(ref BitReader bits, int profile, out int width, out int height)
    {
        width = height = 0;
        if (bits.Read(24) != SyncCode)
        {
            return false;
        }

        // color_config()
        bits.Skip(profile >= 2 ? 1 : 0);
        var hasSubsampling = (profile & 1) != 0;
        if (bits.Read(3) != RgbColorSpace)
        {
            bits.Skip(hasSubsampling ? 4 : 1);
        }
        else if (hasSubsampling)
        {
            bits.Skip(1);
        }
        else
        {
            return false;
        }

        // frame_size()
        width = (int)bits.Read(16) + 1;
        height = (int)bits.Read(16) + 1;
        return true;
    }
}
