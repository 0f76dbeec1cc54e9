using System.Buffers.Binary;

namespace Parley.Server;

/// <summary>
/// Finds the frames in what a client sends (RFC 6455 §5.2) and counts those that never become a message: pings, pongs, and what nobody
/// knows.
/// </summary>
/// <remarks>
/// <code>
///  0                   1
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
/// +-+-+-+-+-------+-+-------------+-------------------+---------------+
/// |F|R|R|R|opcode |M| length (7)  | length (16 or 64) | mask (32)     |
/// +-+-+-+-+-------+-+-------------+-------------------+---------------+
/// </code>
/// </remarks>
internal struct ControlFrameCounter
{
    private const int MaxHeader = 14;
    private Header _header;
    private int _have;
    private ulong _payload;

    /// <summary>Takes the next bytes; returns how many control frames begin in them.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        int found = 0;
        while (bytes.Length > 0)
        {
            if (_payload > 0)
            {
                int skipped = (int)Math.Min(_payload, (ulong)bytes.Length);
                _payload -= (ulong)skipped;
                bytes = bytes[skipped..];
                continue;
            }

            ((Span<byte>)_header)[_have++] = bytes[0];
            bytes = bytes[1..];
            if (_have < 2 || _have < Length(_header))
            {
                continue;
            }

            _have = 0;
            _payload = Payload(_header);
            found += (_header[0] & 0x0F) > 2 ? 1 : 0;
        }

        return found;
    }

    private static int Length(ReadOnlySpan<byte> header) =>
        2 + ((header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 }) + ((header[1] & 0x80) != 0 ? 4 : 0);

    private static ulong Payload(ReadOnlySpan<byte> header) => (header[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
        127 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
        var length => (ulong)length,
    };

    [System.Runtime.CompilerServices.InlineArray(MaxHeader)]
    private struct Header
    {
        private byte _first;
    }
}
