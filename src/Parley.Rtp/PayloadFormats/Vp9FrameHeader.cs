namespace Parley.Rtp;

/// <summary>The beginning of a VP9 frame: its uncompressed header, as far as the size of a key frame (VP9 bitstream specification §6.2).</summary>
public readonly record struct Vp9FrameHeader
{
    private const uint FrameMarker = 2;
    private const uint SyncCode = 0x498342;
    private const uint RgbColorSpace = 7;

    /// <summary>The profile, 0 to 3.</summary>
    public int Profile { get; private init; }

    /// <summary>Whether a frame decoded earlier is shown again, and nothing is coded.</summary>
    public bool ShowsExistingFrame { get; private init; }

    /// <summary>Whether decoding can begin with the frame.</summary>
    public bool IsKeyFrame { get; private init; }

    /// <summary>Whether the frame is shown, and not only referred to.</summary>
    public bool IsShown { get; private init; }

    /// <summary>Pixels across, of key frames; else 0.</summary>
    public int Width { get; private init; }

    /// <summary>Pixels down, of key frames; else 0.</summary>
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
        bits.Skip(1); // error_resilient_mode
        int width = 0, height = 0;
        if (isKey && !TryReadSize(ref bits, profile, out width, out height))
        {
            return false;
        }

        header = new Vp9FrameHeader { Profile = profile, IsKeyFrame = isKey, IsShown = isShown, Width = width, Height = height };
        return !bits.IsExhausted;
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
