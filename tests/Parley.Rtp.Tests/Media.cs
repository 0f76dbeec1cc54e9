namespace Parley.Rtp.Tests;

/// <summary>Codecs and frames the conversations use.</summary>
internal static class Media
{
    public static readonly RtpCodec Opus = new() { PayloadType = new(111), Name = "opus", ClockRate = 48000, Channels = 2 };

    public static readonly RtpCodec Vp8 = new()
    {
        PayloadType = new(96), Name = "VP8", ClockRate = 90000, RtxPayloadType = new PayloadType(97),
        Feedback = RtpFeedback.Nack | RtpFeedback.Pli | RtpFeedback.Fir,
    };

    public static readonly RtpCodec Vp9 =
        Vp8 with { PayloadType = new(98), Name = "VP9", RtxPayloadType = new PayloadType(99), Fmtp = "profile-id=0" };

    public static readonly RtpCodec Av1 =
        Vp8 with { PayloadType = new(45), Name = "AV1", RtxPayloadType = new PayloadType(46), Fmtp = "level-idx=5;profile=0;tier=0" };

    public static readonly RtpCodec H264 = new()
    {
        PayloadType = new(102), Name = "H264", ClockRate = 90000, Fmtp = "packetization-mode=1",
        Feedback = RtpFeedback.Nack | RtpFeedback.Pli,
    };

    public static readonly RtpHeaderExtensions Ids =
        new() { Mid = 4, Rid = 10, RepairedRid = 11, AbsoluteSendTime = 2, TransportSequenceNumber = 3, AudioLevel = 1 };

    /// <summary>Bytes that look like a VP8 frame, with a running number inside.</summary>
    public static byte[] Vp8Frame(int number, int length, bool key, int width = 640, int height = 360)
    {
        var frame = Body(number, Math.Max(length, 14));
        frame[0] = (byte)(key ? 0x10 : 0x11);
        if (key)
        {
            (frame[3], frame[4], frame[5]) = (0x9D, 0x01, 0x2A);
            (frame[6], frame[7], frame[8], frame[9]) = ((byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8));
        }

        return frame;
    }

    /// <summary>Bytes that look like a VP9 frame of profile 0, with a running number inside.</summary>
    public static byte[] Vp9Frame(int number, int length, bool key, int width = 640, int height = 360)
    {
        var frame = Body(number, Math.Max(length, 14));

        // Frame marker 2, profile 0; shown; of key frames the sync code, colour space 1, full range 0 and the size.
        frame[0] = (byte)(key ? 0x82 : 0x86);
        if (key)
        {
            var (w, h) = (width - 1, height - 1);
            (frame[1], frame[2], frame[3], frame[4]) = (0x49, 0x83, 0x42, (byte)(0x20 | w >> 12));
            (frame[5], frame[6], frame[7], frame[8]) = ((byte)(w >> 4), (byte)(w << 4 | h >> 12), (byte)(h >> 4), (byte)(h << 4));
        }

        return frame;
    }

    /// <summary>
    /// Bytes that look like an AV1 temporal unit, with a running number inside: of key frames a sequence header, then a frame.
    /// </summary>
    public static byte[] Av1Frame(int number, int length, bool key, int width = 640, int height = 360)
    {
        var body = Body(number, Math.Max(length, 14));
        body[0] = (byte)(key ? 0x10 : 0x30);

        // No timing, no delays, one operating point of level 5; then 16 bits each of width and height.
        var (w, h) = (width - 1, height - 1);
        var bits = (ulong)w << 16 | (uint)h;
        byte[] sequence =
            [0, 0, 0, 0x2F, (byte)(0xF8 | bits >> 29), (byte)(bits >> 21), (byte)(bits >> 13), (byte)(bits >> 5), (byte)(bits << 3)];
        return [.. key ? Obu(1, sequence) : [], .. Obu(6, body)];
    }

    /// <summary>An OBU that says its size.</summary>
    public static byte[] Obu(int type, byte[] content)
    {
        var size = new byte[5];
        return [(byte)(type << 3 | 2), .. size[..Leb128.Write(size, (uint)content.Length)], .. content];
    }

    /// <summary>A frame of a codec's making.</summary>
    public static byte[] Picture(RtpCodec codec, int number, int length, bool key) => codec.Name switch
    {
        "VP9" => Vp9Frame(number, length, key),
        "AV1" => Av1Frame(number, length, key),
        "H264" =>
            [
                .. key ? (byte[])[0, 0, 0, 1, 0x67, 0x42, 0x31, 0, 0, 0, 1, 0x65] : [0, 0, 0, 1, 0x41],
                .. Body(number, length).Select(b => (byte)(b | 4)),
            ],
        _ => Vp8Frame(number, length, key),
    };

    public static byte[] Body(int number, int length)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
        {
            body[i] = (byte)(number * 31 + i * 7 + (i >> 8));
        }

        return body;
    }

    public static byte[] Hex(string hex) =>
        Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
}
