namespace Parley.Media;

/// <summary>Encodes G.711 in packets of 20 ms.</summary>
internal sealed class G711Encoder(MediaFormat target, MediaFormat source) : BlockEncoder(source, MediaFormat.Pcm(8_000, 1), 20, 160)
{
    private readonly bool _isMuLaw = target.Equals(MediaFormat.Pcmu);

    public override MediaFormat Format => target;

    public override void Dispose()
    {
    }

    protected override int EncodeBlock(ReadOnlySpan<short> block, Span<byte> packet)
    {
        for (var i = 0; i < block.Length; i++)
        {
            packet[i] = _isMuLaw ? G711.EncodeMuLaw(block[i]) : G711.EncodeALaw(block[i]);
        }

        return block.Length;
    }
}
