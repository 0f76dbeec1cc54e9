namespace Parley.Media;

/// <summary>Decodes Opus by the system's libopus, with its concealment of losses and its forward error correction.</summary>
internal sealed class OpusDecoder : ConcealingDecoder
{
    private const int SampleRate = 48_000;

    // 2.5 ms, the grain of Opus (RFC 6716 §2.1.4).
    private const int Grain = 120;

    private readonly OpusDecoderHandle _decoder;

    public OpusDecoder(int channels)
        : base(MediaFormat.Pcm(SampleRate, channels), OpusPacket.MaximumSamples)
    {
        OpusLibrary.Require();
        _decoder = OpusLibrary.CreateDecoder(SampleRate, channels, out var error);
        OpusLibrary.Check(error);
    }

    public override void Dispose() => _decoder.Dispose();

    protected override int Samples(ReadOnlySpan<byte> packet, Span<short> samples)
    {
        var decoded = packet.IsEmpty ? -1 : OpusLibrary.Decode(_decoder, packet, packet.Length, samples, OpusPacket.MaximumSamples, 0);
        return decoded > 0 ? decoded : Conceal(SampleRate / 50, default, samples);
    }

    protected override int Conceal(int wanted, ReadOnlySpan<byte> next, Span<short> samples)
    {
        var count = wanted / Grain * Grain;
        if (count == 0)
        {
            return 0;
        }

        // The packet behind the gap may hold the lost one in coarse form (RFC 6716 §2.1.7); without it libopus conceals.
        var decoded = next.IsEmpty ? -1 : OpusLibrary.Decode(_decoder, next, next.Length, samples, count, 1);
        return decoded > 0 ? decoded : OpusLibrary.Decode(_decoder, default, 0, samples, count, 0);
    }
}
