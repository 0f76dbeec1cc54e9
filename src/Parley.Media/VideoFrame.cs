using Parley.Rtp;

namespace Parley.Media;

/// <summary>What can be told of an encoded picture without decoding it.</summary>
public static class VideoFrame
{
    private const int H264Idr = 5;

    /// <summary>Whether decoding can begin with the frame. False for formats other than VP8, VP9, AV1 and H.264.</summary>
    public static bool IsKeyFrame(MediaFormat format, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Equals(MediaFormat.H264) ? HoldsIdr(data) : TryReadSize(format, data, out _, out _);
    }

    /// <summary>
    /// The size of the pictures in pixels, from a key frame of VP8, VP9 (of a superframe its largest layer) or AV1, or an H.264 frame with
    /// its sequence parameter set; false when it is none.
    /// </summary>
    public static bool TryReadSize(MediaFormat format, ReadOnlySpan<byte> data, out int width, out int height)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (format.Equals(MediaFormat.Vp8))
        {
            return TryReadVp8Size(data, out width, out height);
        }

        if (format.Equals(MediaFormat.H264))
        {
            return H264SequenceParameterSet.TryReadSize(data, out width, out height);
        }

        if (format.Equals(MediaFormat.Av1))
        {
            return Av1TemporalUnit.IsKeyFrame(data, out width, out height);
        }

        width = height = 0;
        return format.Equals(MediaFormat.Vp9) && Vp9FrameHeader.TryReadPictureSize(data, out width, out height);
    }

    /// <summary>
    /// Whether an H.264 picture is referred to by no other: each of its slices has a nal_ref_idc of 0. False for other formats.
    /// </summary>
    public static bool IsDiscardable(MediaFormat format, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(format);
        var slices = 0;
        while (format.Equals(MediaFormat.H264) && data.IndexOf((ReadOnlySpan<byte>)[0, 0, 1]) is >= 0 and var at && at + 3 < data.Length)
        {
            if ((data[at + 3] & 0x1F) is >= 1 and <= H264Idr)
            {
                slices++;
                if ((data[at + 3] & 0x60) != 0)
                {
                    return false;
                }
            }

            data = data[(at + 3)..];
        }

        return slices > 0;
    }

    /// <summary>The size of the pictures, from a VP8 key frame (RFC 6386 §9.1); false when it is none.</summary>
    public static bool TryReadVp8Size(ReadOnlySpan<byte> data, out int width, out int height)
    {
        width = height = 0;

        // The frame tag's lowest bit is 0 in key frames; then a start code and 14 bits each of width and height.
        if (data.Length < 10 || (data[0] & 1) != 0 || data[3] != 0x9D || data[4] != 0x01 || data[5] != 0x2A)
        {
            return false;
        }

        width = (data[6] | data[7] << 8) & 0x3FFF;
        height = (data[8] | data[9] << 8) & 0x3FFF;
        return true;
    }

    // ITU-T H.264 Annex B: NAL units behind start codes 00 00 01; type 5 is a slice of an IDR picture.
    private static bool HoldsIdr(ReadOnlySpan<byte> data)
    {
        while (data.IndexOf((ReadOnlySpan<byte>)[0, 0, 1]) is >= 0 and var at && at + 3 < data.Length)
        {
            if ((data[at + 3] & 0x1F) == H264Idr)
            {
                return true;
            }

            data = data[(at + 3)..];
        }

        return false;
    }
}
