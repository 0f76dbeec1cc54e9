namespace Parley.Media;

/// <summary>Decodes G.711, of either law, and the comfort noise between (RFC 3389); what is lost becomes silence.</summary>
internal sealed class G711Decoder() : ConcealingDecoder(MediaFormat.Pcm(8_000, 1), MaximumSamples)
{
    // 200 ms; RFC 3551 §4.5.14 leaves the length open, packets last 20 ms by default.
    private const int MaximumSamples = 1_600;
    private const int Rate = 8_000;

    // A silence that lasts longer than this is nobody's pause any more.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private MediaFormat _format = MediaFormat.Pcmu;
    private double _amplitude;
    private uint _noise = 1;

    protected override TimeSpan LongestGap => IsSilent ? LongestSilence : base.LongestGap;

    protected override bool IsSilent => _format.Equals(MediaFormat.ComfortNoise);

    public static bool IsOfItsLine(MediaFormat format) =>
        format.Equals(MediaFormat.Pcmu) || format.Equals(MediaFormat.Pcma) || format.Equals(MediaFormat.ComfortNoise);

    public override void Dispose()
    {
    }

    protected override void Begin(MediaFormat format) => _format = format;

    protected override int Samples(ReadOnlySpan<byte> packet, Span<short> samples)
    {
        if (IsSilent)
        {
            // §3: the first byte is the level in -dBov. The spectrum that may follow is for those who want it nicer. Evenly spread noise is
            // √3 times as high as its root mean square.
            _amplitude = packet.IsEmpty ? 0 : Math.Min(short.MaxValue, 32_768 * Math.Sqrt(3) * Math.Pow(10, -(packet[0] & 0x7F) / 20.0));
            return Conceal(Rate / 50, default, samples);
        }

        var isMuLaw = _format.Equals(MediaFormat.Pcmu);
        var count = Math.Min(packet.Length, MaximumSamples);
        for (var i = 0; i < count; i++)
        {
            samples[i] = isMuLaw ? G711.DecodeMuLaw(packet[i]) : G711.DecodeALaw(packet[i]);
        }

        return count;
    }

    protected override int Conceal(int wanted, ReadOnlySpan<byte> next, Span<short> samples)
    {
        if (!IsSilent)
        {
            samples[..wanted].Clear();
            return wanted;
        }

        for (var i = 0; i < wanted; i++)
        {
            // A linear congruence, of which the upper half is random enough to be heard as a hiss.
            _noise = _noise * 1_664_525 + 1_013_904_223;
            samples[i] = (short)((short)(_noise >> 16) / 32_768.0 * _amplitude);
        }

        return wanted;
    }
}
