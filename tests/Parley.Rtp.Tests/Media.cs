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

    public static readonly RtpCodec H264 = new()
    {
        PayloadType = new(102), Name = "H264", ClockRate = 90000, Fmtp = "packetization-mode=1",
        Feedback = RtpFeedback.Nack | RtpFeedback.Pli,
    };

    public static readonly RtpHeaderExtensions Ids = new() { Mid = 4, Rid = 10, RepairedRid = 11, AbsoluteSendTime = 2, TransportSequenceNumber = 3, AudioLevel = 1 };

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

    public static byte[] Body(int number, int length)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
        {
            body[i] = (byte)(number * 31 + i * 7 + (i >> 8));
        }

        return body;
    }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
}
