using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>
/// Writes Opus in Ogg (RFC 3533, RFC 7845), a page a second. <see cref="Dispose"/> writes the last page and marks the end of the stream.
/// Not safe for concurrent use.
/// </summary>
public sealed class OggWriter : IDisposable
{
    // RFC 7845 §3 asks for no long pages: "a maximum of one second of audio data per page" is what encoders do.
    private const int SamplesPerPage = 48_000;
    private const int MaximumSegments = 255;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly uint _serialNumber;
    private readonly OpusHead _head;
    private readonly byte[] _page = new byte[OggPage.MaximumSize];
    private readonly byte[] _body = new byte[MaximumSegments * 255];
    private readonly byte[] _segments = new byte[MaximumSegments];
    private uint _number;
    private int _segmentCount;
    private int _bodyLength;
    private bool _continued;
    private long _samples;
    private long _samplesAtPage;
    private long _pageGranule = -1;
    private long? _length;
    private bool _disposed;

    /// <summary>Writes the two headers.</summary>
    /// <param name="stream">Where to; it need not seek.</param>
    /// <param name="head">The identification header.</param>
    /// <param name="tags">The comments; null for none.</param>
    /// <param name="serialNumber">The stream's number within the file.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    public OggWriter(Stream stream, OpusHead head, OpusTags? tags = null, uint serialNumber = 1, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(head);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _serialNumber = serialNumber;
        _head = head;

        // RFC 7845 §3: each header ends its page, and the granule position of their pages is zero.
        Lace(head.ToBytes());
        _pageGranule = 0;
        WritePage(OggPage.First);
        Lace((tags ?? new OpusTags()).ToBytes());
        _pageGranule = 0;
        WritePage(0);
    }

    /// <summary>Samples at 48 kHz written so far, the pre-skip among them.</summary>
    public long Samples => _samples;

    /// <summary>Writes a packet of sound.</summary>
    /// <exception cref="ArgumentException">It is no Opus packet.</exception>
    public void Write(ReadOnlySpan<byte> packet)
    {
        var samples = OpusPacket.SamplesOf(packet);
        if (samples == 0)
        {
            throw new ArgumentException("Not an Opus packet.", nameof(packet));
        }

        // The page is written when the next packet comes, so that there is always one left to mark as the last.
        if (_samples - _samplesAtPage >= SamplesPerPage || _segmentCount == MaximumSegments)
        {
            WritePage(0);
        }

        Lace(packet);
        _samples += samples;
        _pageGranule = _samples;
    }

    /// <summary>Trims the end (RFC 7845 §4.4): sound beyond this length, counted after the pre-skip, is not to be played.</summary>
    /// <param name="samples">The length in samples at 48 kHz.</param>
    public void TrimTo(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        _length = samples;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // A page's granule position may lie before the end of its packets on the last page only.
        _pageGranule = _length is { } length ? Math.Clamp(length + _head.PreSkip, _samplesAtPage, _samples) : _samples;
        WritePage(OggPage.Last);
        _stream.Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void Lace(ReadOnlySpan<byte> packet)
    {
        while (true)
        {
            if (_segmentCount == MaximumSegments)
            {
                // RFC 3533 §6: "-1 indicates that no packets finish on this page".
                WritePage(0);
                _continued = true;
            }

            var size = Math.Min(255, packet.Length);
            _segments[_segmentCount++] = (byte)size;
            packet[..size].CopyTo(_body.AsSpan(_bodyLength));
            _bodyLength += size;
            packet = packet[size..];
            if (size < 255)
            {
                return;
            }
        }
    }

    private void WritePage(byte flags)
    {
        new OggPage
        {
            Flags = (byte)(flags | (_continued ? OggPage.Continued : 0)),
            GranulePosition = _pageGranule,
            SerialNumber = _serialNumber,
            Number = _number++,
            SegmentCount = _segmentCount,
        }.Write(_page);
        _segments.AsSpan(0, _segmentCount).CopyTo(_page.AsSpan(OggPage.HeaderSize));
        _body.AsSpan(0, _bodyLength).CopyTo(_page.AsSpan(OggPage.HeaderSize + _segmentCount));
        var page = _page.AsSpan(0, OggPage.HeaderSize + _segmentCount + _bodyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(page[22..], OggPage.ChecksumOf(page));
        _stream.Write(page);
        _segmentCount = _bodyLength = 0;
        _continued = false;
        _samplesAtPage = _samples;
        _pageGranule = -1;
    }
}
