namespace Parley.Media;

/// <summary>What the first bytes of an Opus packet tell (RFC 6716 §3).</summary>
public static class OpusPacket
{
    /// <summary>The longest packet there is, 120 ms (RFC 6716 §3.2.5).</summary>
    public const int MaximumSamples = 5_760;

    /// <summary>Samples at 48 kHz that the packet lasts; 0 when it is no Opus packet.</summary>
    public static int SamplesOf(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
        {
            return 0;
        }

        // RFC 6716 §3.2: the code in the low two bits says how many frames there are.
        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length > 1 ? packet[1] & 0x3F : 0,
        };
        var samples = frames * FrameSamplesOf(packet[0]);
        return samples <= MaximumSamples ? samples : 0;
    }

    /// <summary>Samples at 48 kHz of each frame within the packet, by its first byte (RFC 6716 §3.1, table 2).</summary>
    public static int FrameSamplesOf(byte toc)
    {
        var configuration = toc >> 3;
        return configuration switch
        {
            < 12 => (configuration & 3) switch { 0 => 480, 1 => 960, 2 => 1_920, _ => 2_880 },
            < 16 => (configuration & 1) == 0 ? 480 : 960,
            _ => 120 << (configuration & 3),
        };
    }

    /// <summary>Whether the packet is coded in stereo.</summary>
    public static bool IsStereo(byte toc) => (toc & 4) != 0;

    /// <summary>How long the packet lasts; zero when it is no Opus packet.</summary>
    public static TimeSpan DurationOf(ReadOnlySpan<byte> packet) =>
        TimeSpan.FromTicks(SamplesOf(packet) * TimeSpan.TicksPerSecond / 48_000);
}
