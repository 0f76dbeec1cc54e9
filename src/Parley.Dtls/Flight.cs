using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>
/// The flight of messages last sent, kept to be sent again (RFC 6347 §4.2.4), and how much of it is on the wire. Messages are cut
/// into fragments as the datagrams go out, so that a repetition may be cut differently.
/// </summary>
internal sealed class Flight
{
    // A fragment shorter than this is not worth its headers: the next datagram takes it.
    private const int MinFragment = 32;

    private readonly List<Part> _parts = [];
    private int _part;
    private int _offset;

    /// <summary>Whether something is still to be sent.</summary>
    public bool IsPending => _part < _parts.Count;

    /// <summary>The messages, in their order.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Puts another flight in the place of this one.</summary>
    public void Replace(List<Part> parts)
    {
        _parts.Clear();
        _parts.AddRange(parts);
        Rewind();
    }

    public void Clear()
    {
        _parts.Clear();
        Rewind();
    }

    /// <summary>Sends the whole flight again.</summary>
    public void Rewind() => (_part, _offset) = (0, 0);

    /// <summary>Writes as many records as fit; returns their length.</summary>
    public int Write(RecordLayer records, Span<byte> datagram)
    {
        var written = 0;
        while (IsPending)
        {
            var part = _parts[_part];
            var record = datagram[written..];
            var length = part.Type == ContentType.Handshake ? WriteFragment(records, part, record) : WriteWhole(records, part, record);
            if (length == 0)
            {
                break;
            }

            written += length;
        }

        return written;
    }

    private int WriteWhole(RecordLayer records, Part part, Span<byte> record)
    {
        if (record.Length < RecordLayer.Overhead(part.Epoch) + part.Message.Length)
        {
            return 0;
        }

        part.Message.CopyTo(record[RecordLayer.ContentOffset(part.Epoch)..]);
        _part++;
        return records.Seal(part.Type, part.Version, part.Epoch, record, part.Message.Length);
    }

    private int WriteFragment(RecordLayer records, Part part, Span<byte> record)
    {
        var body = part.Message.AsSpan(HandshakeHeader.Size);
        var rest = body.Length - _offset;
        var room = Math.Min(record.Length - RecordLayer.Overhead(part.Epoch), RecordHeader.MaxContent) - HandshakeHeader.Size;
        if (room < Math.Min(rest, MinFragment))
        {
            return 0;
        }

        var count = Math.Min(rest, room);
        HandshakeHeader.TryParse(part.Message, out var header, out _);
        var content = record[RecordLayer.ContentOffset(part.Epoch)..];
        (header with { FragmentOffset = _offset, FragmentLength = count }).Write(content);
        body.Slice(_offset, count).CopyTo(content[HandshakeHeader.Size..]);
        _offset += count;
        if (_offset == body.Length)
        {
            _part++;
            _offset = 0;
        }

        return records.Seal(part.Type, part.Version, part.Epoch, record, HandshakeHeader.Size + count);
    }

    /// <summary>One message of a flight; a handshake message with its header as for an unfragmented one.</summary>
    public readonly record struct Part(ContentType Type, DtlsProtocolVersion Version, ushort Epoch, byte[] Message);
}
