namespace Parley.Media;

/// <summary>Decodes G.711; what is lost becomes silence.</summary>
internal sealed class G711Decoder(MediaFormat source) : ConcealingDecoder(MediaFormat.Pcm(8_000, 1), MaximumSamples)
{
    // 200 ms; RFC 3551 §4.5.14 leaves the length open, packets last 20 ms by default.
    private const int MaximumSamples = 1_600;

    private readonly bool _isMuLaw = source.Equals(MediaFormat.Pcmu);

    public override void Dispose()
    {
    }

    protected override int Samples(ReadOnlySpan<byte> packet, Span<short> samples)
    {
        var count = Math.Min(packet.Length, MaximumSamples);
        for (var i = 0; i < count; i++)
        {
            samples[i] = _isMuLaw ? G711.DecodeMuLaw(packet[i]) : G711.DecodeALaw(packet[i]);
        }

        return count;
    }

    protected override int Conceal(int wanted, ReadOnlySpan<byte> next, Span<short> samples)
    {
        samples[..wanted].Clear();
        return wanted;
    }
}
