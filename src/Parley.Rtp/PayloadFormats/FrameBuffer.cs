namespace Parley.Rtp;

/// <summary>Bytes of a frame as its packets come in; reused from frame to frame.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    /// <summary>Bytes of memory held.</summary>
    public int Capacity => _bytes.Length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ref byte this[int index] => ref _bytes.AsSpan(0, Length)[index];

    public void Clear() => Length = 0;

    /// <summary>Takes the end off.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Appends bytes, or answers false when the frame would pass the limit.</summary>
    public bool TryAppend(ReadOnlySpan<byte> data, int limit)
    {
        var start = Length;
        if (!TryGrow(data.Length, limit))
        {
            return false;
        }

        data.CopyTo(_bytes.AsSpan(start));
        return true;
    }

    /// <summary>Makes a gap for bytes to be written, or answers false when the frame would pass the limit.</summary>
    public bool TryInsert(int at, int count, int limit, out Span<byte> gap)
    {
        var end = Length;
        if (!TryGrow(count, limit))
        {
            gap = default;
            return false;
        }

        _bytes.AsSpan(at, end - at).CopyTo(_bytes.AsSpan(at + count));
        gap = _bytes.AsSpan(at, count);
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

    private bool TryGrow(int count, int limit)
    {
        var needed = Length + count;
        if (needed > limit)
        {
            return false;
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, Math.Min(limit, Math.Max(256, _bytes.Length * 2))));
        }

        Length = needed;
        return true;
    }
}
