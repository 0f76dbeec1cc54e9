using Parley.Media;

namespace Parley;

/// <summary>What a disabled track sends instead of its sound (webrtc-pc §5.2: "silence").</summary>
internal static class SilentFrames
{
    // An Opus packet of 20 ms, CELT, fullband, with no energy (RFC 6716 §3.1: configuration 31, mono, one frame).
    private static readonly byte[] Opus = [0xF8, 0xFF, 0xFE];

    // 20 ms at 8 kHz of the code for zero (ITU-T G.711).
    private static readonly byte[] Pcmu = [.. Enumerable.Repeat((byte)0xFF, 160)];
    private static readonly byte[] Pcma = [.. Enumerable.Repeat((byte)0xD5, 160)];

    public static byte[] For(MediaFormat format) =>
        format.Equals(MediaFormat.Opus) ? Opus
        : format.Equals(MediaFormat.Pcmu) ? Pcmu
        : format.Equals(MediaFormat.Pcma) ? Pcma
        : [];
}
