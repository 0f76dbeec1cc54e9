using System.Diagnostics.CodeAnalysis;

namespace Parley.Media;

/// <summary>
/// Reads the packets of Opus in Ogg (RFC 3533, RFC 7845): the first Opus stream of the file, and of each file joined to it (RFC 7845 §3,
/// chaining); other streams in it are passed over. Broken pages are skipped and reported by <see cref="OggPacket.FollowsLoss"/>. Not safe
/// for concurrent use.
/// </summary>
public sealed class OggReader : IDisposable
{
    /// <summary>The largest packet of sound accepted.</summary>
    public const int MaximumPacketSize = 64 * 1024;

    // RFC 7845 §5.2: comments may hold pictures; what goes beyond this is not kept.
    private const int MaximumTagsSize = 1 << 20;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly OggPageReader _pages;
    private readonly long _firstPage;
    private readonly uint _firstSerialNumber;
    private readonly OpusHead _firstHead;
    private readonly OpusTags _firstTags;
    private uint _serialNumber;
    private bool _inHeaders = true;
    private byte[] _partial = new byte[4096];
    private int _partialLength;
    private bool _inPacket;
    private bool _lost;
    private bool _ended;
    private int _segment;
    private int _offset;
    private bool _hasPage;
    private uint _expectedNumber;

    /// <summary>Reads the two headers.</summary>
    /// <param name="stream">The file; a pipe will do.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    /// <exception cref="InvalidDataException">It holds no Opus stream; the message gives the position.</exception>
    public OggReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _pages = new OggPageReader(stream);
        Head = ReadHead();
        Tags = ReadHeaders() ?? throw new InvalidDataException($"Byte {_pages.PagePosition}: the Opus stream has no comment header.");
        (_firstHead, _firstTags, _firstSerialNumber) = (Head, Tags, _serialNumber);
        _firstPage = _pages.Position;
    }

    /// <summary>The identification header of the stream that is being read.</summary>
    public OpusHead Head { get; private set; }

    /// <summary>Its comments.</summary>
    public OpusTags Tags { get; private set; }

    /// <summary>Where the reader is, in bytes from the beginning.</summary>
    public long Position => _pages.Position;

    /// <summary>Whether the file ended within a page.</summary>
    public bool IsTruncated => _pages.IsTruncated;

    /// <summary>Opens a file.</summary>
    public static OggReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));

    /// <summary>Reads the next packet of sound; false at the end.</summary>
    /// <exception cref="InvalidDataException">The file is broken beyond skipping; the message gives the position.</exception>
    public bool TryRead(out OggPacket packet)
    {
        while (!TryRead(MaximumPacketSize, cutOff: false, out packet))
        {
            if (!TryNextLink())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Goes back to the first packet of sound.</summary>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    public void Rewind()
    {
        _pages.Seek(_firstPage);
        _hasPage = _inPacket = _ended = _lost = false;
        _expectedNumber = 0;
        (Head, Tags, _serialNumber) = (_firstHead, _firstTags, _firstSerialNumber);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private OpusHead ReadHead()
    {
        // RFC 3533 §4: the first pages of all streams stand together at the beginning.
        while (_pages.TryRead() && _pages.Page.IsFirst)
        {
            if (OpusHead.TryParse(_pages.Body.Span, out var head))
            {
                return head!;
            }
        }

        throw new InvalidDataException($"Byte {_pages.PagePosition}: this Ogg file has no Opus stream.");
    }

    /// <summary>From the page with the identification header to the end of the comments; null when there are none.</summary>
    private OpusTags? ReadHeaders()
    {
        _serialNumber = _pages.Page.SerialNumber;
        _expectedNumber = _pages.Page.Number + 1;
        _hasPage = _inPacket = _ended = _lost = false;
        _inHeaders = true;
        var tags = ReadTags();

        // RFC 7845 §3: the comment header finishes its page; the sound begins on a fresh one.
        _hasPage = _inHeaders = false;
        return tags;
    }

    /// <summary>RFC 3533 §4: files may be joined one behind the other ("chaining"); each begins with first pages of its own.</summary>
    private bool TryNextLink()
    {
        do
        {
            if (IsHeadOfALink(out var head))
            {
                if (ReadHeaders() is not { } tags)
                {
                    // Cut off where it begins.
                    return false;
                }

                (Head, Tags) = (head, tags);
                return true;
            }
        }
        while (_pages.TryRead());
        return false;
    }

    private bool IsHeadOfALink([NotNullWhen(true)] out OpusHead? head)
    {
        head = null;
        return _pages.Page.IsFirst && OpusHead.TryParse(_pages.Body.Span, out head);
    }

    private OpusTags? ReadTags() =>
        TryRead(MaximumTagsSize, cutOff: true, out var packet) && OpusTags.TryParse(packet.Data.Span, out var tags) ? tags : null;

    private bool TryRead(int limit, bool cutOff, out OggPacket packet)
    {
        packet = default;
        while (!_ended)
        {
            if (!_hasPage && !TryNextPage())
            {
                return false;
            }

            if (_segment == _pages.Segments.Length)
            {
                _hasPage = false;
                _ended = _pages.Page.IsLast;
                continue;
            }

            if (TryPacket(limit, cutOff, out packet))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryNextPage()
    {
        do
        {
            if (!_pages.TryRead())
            {
                _ended = true;
                return false;
            }

            if (!_inHeaders && IsHeadOfALink(out _))
            {
                // The stream before ended without saying so.
                _ended = true;
                return false;
            }
        }
        while (_pages.Page.SerialNumber != _serialNumber);

        _hasPage = true;
        _segment = _offset = 0;
        var page = _pages.Page;
        if (_expectedNumber != 0 && page.Number != _expectedNumber)
        {
            _lost = true;
            _inPacket = false;
        }

        _expectedNumber = page.Number + 1;
        if (page.IsContinued != _inPacket)
        {
            // The other half of a packet is missing, before or behind.
            _lost = true;
            if (page.IsContinued)
            {
                SkipContinuation();
            }

            _inPacket = false;
        }

        return true;
    }

    private void SkipContinuation()
    {
        var segments = _pages.Segments.Span;
        while (_segment < segments.Length)
        {
            var size = segments[_segment++];
            _offset += size;
            if (size < 255)
            {
                return;
            }
        }
    }

    // RFC 3533 §5: a packet is segments of 255 bytes and one that is shorter.
    private bool TryPacket(int limit, bool cutOff, out OggPacket packet)
    {
        packet = default;
        var segments = _pages.Segments.Span;
        var length = 0;
        var complete = false;
        while (_segment < segments.Length && !complete)
        {
            length += segments[_segment];
            complete = segments[_segment++] < 255;
        }

        var piece = _pages.Body.Slice(_offset, length);
        _offset += length;
        if (complete && !_inPacket)
        {
            packet = Describe(piece);
            return true;
        }

        Append(piece.Span, limit, cutOff);
        _inPacket = !complete;
        if (!complete)
        {
            return false;
        }

        packet = Describe(_partial.AsMemory(0, _partialLength));
        return true;
    }

    private OggPacket Describe(ReadOnlyMemory<byte> data)
    {
        // The granule position is that of the last packet that ends on the page.
        var segments = _pages.Segments.Span;
        var endsPage = segments[_segment..].IndexOfAnyExcept((byte)255) < 0;
        var packet = new OggPacket
        {
            Data = data,
            GranulePosition = endsPage && _pages.Page.GranulePosition >= 0 ? _pages.Page.GranulePosition : null,
            FollowsLoss = _lost,
            IsLast = endsPage && _pages.Page.IsLast,
        };
        _lost = false;
        return packet;
    }

    private void Append(ReadOnlySpan<byte> piece, int limit, bool cutOff)
    {
        if (!_inPacket)
        {
            _partialLength = 0;
        }

        if (_partialLength + piece.Length > limit)
        {
            if (!cutOff)
            {
                throw new InvalidDataException($"Byte {_pages.PagePosition}: a packet of more than {limit} bytes.");
            }

            piece = piece[..(limit - _partialLength)];
        }

        if (_partialLength + piece.Length > _partial.Length)
        {
            Array.Resize(ref _partial, Math.Max(_partial.Length * 2, _partialLength + piece.Length));
        }

        piece.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += piece.Length;
    }
}
