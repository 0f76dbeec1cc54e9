using System.Buffers.Binary;
using System.Net.Sockets;
using Parley.Net;

namespace Parley.Stun;

/// <summary>The value of the address attributes (RFC 8489 §14.1 and §14.2), plain and masked.</summary>
/// <remarks>
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0 0 0 0 0 0 0|    Family     |         (X-)Port              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |              (X-)Address (32 bits or 128 bits)                |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
internal static class StunAddress
{
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    /// <summary>The most bytes that a value takes.</summary>
    public const int MaxLength = 20;

    public static bool TryRead(ReadOnlySpan<byte> value, out TransportAddress address)
    {
        address = default;
        if (!IsWellFormed(value))
        {
            return false;
        }

        address = TransportAddress.FromBytes(value[4..], BinaryPrimitives.ReadUInt16BigEndian(value[2..]));
        return true;
    }

    /// <param name="value">The attribute's value.</param>
    /// <param name="mask">Magic cookie and transaction id: bytes 4 to 19 of the message.</param>
    /// <param name="address">The address.</param>
    public static bool TryReadXor(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, out TransportAddress address)
    {
        if (!IsWellFormed(value))
        {
            address = default;
            return false;
        }

        Span<byte> clear = stackalloc byte[MaxLength];
        clear = clear[..value.Length];
        value.CopyTo(clear);
        ApplyMask(clear, mask);
        return TryRead(clear, out address);
    }

    /// <summary>Writes the plain value; returns its length, 8 or 20.</summary>
    public static int Write(Span<byte> destination, TransportAddress address)
    {
        destination[0] = 0;
        destination[1] = address.Family == AddressFamily.InterNetworkV6 ? FamilyIPv6 : FamilyIPv4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        return 4 + address.WriteAddress(destination[4..]);
    }

    public static int WriteXor(Span<byte> destination, TransportAddress address, ReadOnlySpan<byte> mask)
    {
        var length = Write(destination, address);
        ApplyMask(destination[..length], mask);
        return length;
    }

    // RFC 8489 §14.2: the port with the cookie's upper 16 bits; the address with the cookie and, for IPv6, the transaction id.
    private static void ApplyMask(Span<byte> value, ReadOnlySpan<byte> mask)
    {
        value[2] ^= mask[0];
        value[3] ^= mask[1];
        for (var index = 4; index < value.Length; index++)
        {
            value[index] ^= mask[index - 4];
        }
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> value) =>
        value.Length is 8 or 20 && value[1] == (value.Length == 8 ? FamilyIPv4 : FamilyIPv6);
}
