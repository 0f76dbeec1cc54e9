namespace Parley.Rtp;

/// <summary>Bytes of a frame as its packets come in; reused from frame to frame.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Appends bytes, or answers false when the frame would pass the limit.</summary>
    public bool TryAppend(ReadOnlySpan<byte> data, int limit)
    {
        var needed = Length + data.Length;
        if (needed > limit)
        {
            return false;
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, Math.Min(limit, Math.Max(256, _bytes.Length * 2))));
        }

        data.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
        return true;
    }

    /// <summary>Gives a large array back to the collector, so that one giant frame is not kept for ever.</summary>
    public void Trim(int keep)
    {
        if (_bytes.Length > keep)
        {
            _bytes = [];
            Length = 0;
        }
    }
}
