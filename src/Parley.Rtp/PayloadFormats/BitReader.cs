namespace Parley.Rtp;

/// <summary>
/// Reads the bits of a codec's header, the most significant first. Past the end it reads zeros and <see cref="IsExhausted"/> is set, so a
/// parser checks once, at its end.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private long _position;

    /// <summary>Whether more was read than there is.</summary>
    public readonly bool IsExhausted => _position > (long)_source.Length * 8;

    /// <summary>Reads one bit.</summary>
    public bool ReadFlag() => Read(1) != 0;

    /// <summary>Reads up to 32 bits.</summary>
    public uint Read(int count)
    {
        uint value = 0;
        for (; count > 0; count--, _position++)
        {
            var at = _position >> 3;
            value = value << 1 | (at < _source.Length ? (uint)(_source[(int)at] >> (int)(7 - (_position & 7)) & 1) : 0);
        }

        return value;
    }

    /// <summary>Passes over bits.</summary>
    public void Skip(int count) => _position += count;
}
