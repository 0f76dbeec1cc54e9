namespace Parley.Media;

/// <summary>
/// Finds the pages of an Ogg stream. What is no page, or fails its checksum, is skipped (RFC 3533 §3: "recapture"), but only so far:
/// a file without pages is refused rather than searched for ever.
/// </summary>
internal sealed class OggPageReader(Stream stream)
{
    private const int MaximumSkip = 1 << 20;
    private const int MaximumBroken = 64;

    private readonly byte[] _buffer = new byte[2 * OggPage.MaximumSize];
    private int _start;
    private int _end;

    /// <summary>Where the next page is looked for, from the stream's beginning.</summary>
    public long Position { get; private set; }

    /// <summary>Where the current page began.</summary>
    public long PagePosition { get; private set; }

    /// <summary>The current page's header.</summary>
    public OggPage Page { get; private set; }

    /// <summary>The current page's segment table.</summary>
    public ReadOnlyMemory<byte> Segments { get; private set; }

    /// <summary>The current page's body, valid until the next page is read.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Whether the file ended within a page.</summary>
    public bool IsTruncated { get; private set; }

    public bool TryRead()
    {
        int skipped = 0, broken = 0;
        while (true)
        {
            if (!TryFill(OggPage.HeaderSize))
            {
                IsTruncated = _end > _start;
                return false;
            }

            if (OggPage.TryParse(_buffer.AsSpan(_start, _end - _start), out var page))
            {
                var size = SizeOf(page);
                if (size > 0 && OggPage.ChecksumOf(_buffer.AsSpan(_start, size)) == page.Checksum)
                {
                    Accept(page, size);
                    return true;
                }

                IsTruncated = size == 0;
                broken++;
            }

            // On to what may be the next capture pattern.
            var next = _buffer.AsSpan(_start + 1, _end - _start - 1).IndexOf((byte)'O');
            var step = next < 0 ? _end - _start : next + 1;
            Consume(step);
            skipped += step;
            if (skipped > MaximumSkip || broken > MaximumBroken)
            {
                throw new InvalidDataException($"Byte {Position - skipped}: no Ogg page here, nor in the {skipped} bytes that follow.");
            }
        }
    }

    /// <summary>Goes to a page.</summary>
    public void Seek(long position)
    {
        stream.Position = position;
        Position = position;
        _start = _end = 0;
        IsTruncated = false;
    }

    // The size of the whole page; 0 when the file ends before it does.
    private int SizeOf(in OggPage page)
    {
        var header = OggPage.HeaderSize + page.SegmentCount;
        if (!TryFill(header))
        {
            return 0;
        }

        var size = header;
        foreach (var segment in _buffer.AsSpan(_start + OggPage.HeaderSize, page.SegmentCount))
        {
            size += segment;
        }

        return TryFill(size) ? size : 0;
    }

    private void Accept(in OggPage page, int size)
    {
        Page = page;
        PagePosition = Position;
        Segments = _buffer.AsMemory(_start + OggPage.HeaderSize, page.SegmentCount);
        Body = _buffer.AsMemory(_start + OggPage.HeaderSize + page.SegmentCount, size - OggPage.HeaderSize - page.SegmentCount);
        IsTruncated = false;
        Consume(size);
    }

    private void Consume(int count)
    {
        _start += count;
        Position += count;
    }

    private bool TryFill(int count)
    {
        if (_end - _start >= count)
        {
            return true;
        }

        if (_buffer.Length - _start < OggPage.MaximumSize)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        _end += stream.ReadAtLeast(_buffer.AsSpan(_end), count - (_end - _start), throwOnEndOfStream: false);
        return _end - _start >= count;
    }
}
