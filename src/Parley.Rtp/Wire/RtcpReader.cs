using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Reads the packets of an RTCP datagram one by one: a compound (RFC 3550 §6.1) or, just so, a reduced-size one (RFC 5506).
/// What came before a broken packet stands; <see cref="Error"/> says what broke.
/// </summary>
public ref struct RtcpReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Why reading ended early; <see cref="RtcpParseError.None"/> at the datagram's end.</summary>
    public RtcpParseError Error { get; private set; }

    /// <summary>Reads the next packet.</summary>
    public bool TryRead(out RtcpPacketView packet)
    {
        packet = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < 4)
        {
            return Fail(RtcpParseError.Truncated);
        }

        if (_rest[0] >> 6 != 2)
        {
            return Fail(RtcpParseError.BadVersion);
        }

        var length = 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length > _rest.Length)
        {
            return Fail(RtcpParseError.Truncated);
        }

        var padding = 0;
        if ((_rest[0] & 0x20) != 0)
        {
            // RFC 3550 §6.4.1: padding is counted in the packet's length, ends it with its count, and only the last packet has it.
            padding = _rest[length - 1];
            if (length != _rest.Length || padding == 0 || padding % 4 != 0 || padding > length - 4)
            {
                return Fail(RtcpParseError.BadPadding);
            }
        }

        packet = new RtcpPacketView(_rest[0], (RtcpPacketType)_rest[1], _rest[4..(length - padding)]);
        _rest = _rest[length..];
        return true;
    }

    private bool Fail(RtcpParseError error)
    {
        Error = error;
        _rest = default;
        return false;
    }
}
