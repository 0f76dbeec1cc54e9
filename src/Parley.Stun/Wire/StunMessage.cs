using System.Buffers.Binary;
using System.Security.Cryptography;
using Parley.Net;

namespace Parley.Stun;

/// <summary>
/// A STUN message as a view of the datagram it came in (RFC 8489 §5): nothing is copied, nothing is allocated. Valid as long
/// as the datagram's buffer is.
/// </summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                         Magic Cookie                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     Transaction ID (96 bits)                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct StunMessage
{
    /// <summary>The length of the header, in bytes.</summary>
    public const int HeaderLength = 20;

    /// <summary>The constant in bytes 4 to 7 of each message.</summary>
    public const uint MagicCookie = 0x2112A442;

    internal const int AttributeHeaderLength = 4;
    internal const int IntegrityLength = 20;
    internal const int IntegritySha256Length = 32;
    internal const int FingerprintLength = 4;
    internal const uint FingerprintXor = 0x5354554E;

    private readonly ReadOnlySpan<byte> _datagram;
    private readonly int _end;
    private readonly int _integrity;
    private readonly int _integritySha256;
    private readonly int _fingerprint;

    private StunMessage(ReadOnlySpan<byte> datagram, int end, int integrity, int integritySha256, int fingerprint)
    {
        _datagram = datagram;
        _end = end;
        _integrity = integrity;
        _integritySha256 = integritySha256;
        _fingerprint = fingerprint;
    }

    /// <summary>What part of an exchange the message is.</summary>
    public StunClass Class => (StunClass)(((Type >> 7) & 0b10) | ((Type >> 4) & 0b01));

    /// <summary>The method, which may be none that <see cref="StunMethod"/> names.</summary>
    public StunMethod Method => (StunMethod)((Type & 0x000F) | ((Type & 0x00E0) >> 1) | ((Type & 0x3E00) >> 2));

    /// <summary>The id of the transaction.</summary>
    public TransactionId TransactionId => TransactionId.Read(_datagram[8..]);

    /// <summary>The length of the whole message, in bytes.</summary>
    public int Length => _datagram.Length;

    /// <summary>Whether there is a MESSAGE-INTEGRITY.</summary>
    public bool HasIntegrity => _integrity != 0;

    /// <summary>Whether there is a MESSAGE-INTEGRITY-SHA256.</summary>
    public bool HasIntegritySha256 => _integritySha256 != 0;

    /// <summary>Whether there is a FINGERPRINT.</summary>
    public bool HasFingerprint => _fingerprint != 0;

    /// <summary>
    /// The attributes before any MESSAGE-INTEGRITY. RFC 8489 §14.5: "agents MUST ignore all other attributes that follow
    /// MESSAGE-INTEGRITY".
    /// </summary>
    public StunAttributeEnumerator Attributes => new(_datagram[HeaderLength.._end]);

    private int Type => BinaryPrimitives.ReadUInt16BigEndian(_datagram);

    /// <summary>Reads a datagram that holds one message and nothing else. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message, out StunParseError error)
    {
        message = default;
        error = CheckHeader(datagram);
        if (error != StunParseError.None)
        {
            return false;
        }

        int integrity = 0, integritySha256 = 0, fingerprint = 0;
        var offset = HeaderLength;
        while (offset < datagram.Length)
        {
            if (fingerprint != 0)
            {
                error = StunParseError.FingerprintNotLast;
                return false;
            }

            // The length of the datagram is a multiple of four: an attribute's header is never cut.
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
            var next = offset + AttributeHeaderLength + Pad(length);
            if (next > datagram.Length)
            {
                error = StunParseError.TruncatedAttribute;
                return false;
            }

            switch ((StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]))
            {
                case StunAttributeType.MessageIntegrity when integrity == 0 && integritySha256 == 0:
                    integrity = offset;
                    error = length == IntegrityLength ? error : StunParseError.WrongAttributeLength;
                    break;
                case StunAttributeType.MessageIntegritySha256 when integritySha256 == 0:
                    // RFC 8489 §14.6: it may be truncated to no less than 16 bytes, in steps of four.
                    integritySha256 = offset;
                    error = length is >= 16 and <= IntegritySha256Length && length % 4 == 0 ? error : StunParseError.WrongAttributeLength;
                    break;
                case StunAttributeType.Fingerprint:
                    fingerprint = offset;
                    error = length == FingerprintLength ? error : StunParseError.WrongAttributeLength;
                    break;
                default:
                    break;
            }

            if (error != StunParseError.None)
            {
                return false;
            }

            offset = next;
        }

        var end = integrity != 0 ? integrity : integritySha256 != 0 ? integritySha256 : fingerprint != 0 ? fingerprint : datagram.Length;
        message = new StunMessage(datagram, end, integrity, integritySha256, fingerprint);
        return true;
    }

    /// <summary>Finds the first attribute of a type, among those that integrity covers.</summary>
    public bool TryFind(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Type == type)
            {
                value = attribute.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Whether there is an attribute of a type, as USE-CANDIDATE which has no value.</summary>
    public bool Contains(StunAttributeType type) => TryFind(type, out _);

    /// <summary>Reads an attribute of four bytes: PRIORITY, LIFETIME.</summary>
    public bool TryReadUInt32(StunAttributeType type, out uint value)
    {
        value = 0;
        return TryFind(type, out var bytes) && bytes.Length == 4 && BinaryPrimitives.TryReadUInt32BigEndian(bytes, out value);
    }

    /// <summary>Reads an attribute of eight bytes: ICE-CONTROLLING, ICE-CONTROLLED.</summary>
    public bool TryReadUInt64(StunAttributeType type, out ulong value)
    {
        value = 0;
        return TryFind(type, out var bytes) && bytes.Length == 8 && BinaryPrimitives.TryReadUInt64BigEndian(bytes, out value);
    }

    /// <summary>Reads an address that is not masked: MAPPED-ADDRESS, ALTERNATE-SERVER.</summary>
    public bool TryReadAddress(StunAttributeType type, out TransportAddress address)
    {
        address = default;
        return TryFind(type, out var value) && StunAddress.TryRead(value, out address);
    }

    /// <summary>Reads a masked address: XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS (RFC 8489 §14.2).</summary>
    public bool TryReadXorAddress(StunAttributeType type, out TransportAddress address)
    {
        address = default;
        return TryFind(type, out var value) && StunAddress.TryReadXor(value, _datagram.Slice(4, 16), out address);
    }

    /// <summary>Reads ERROR-CODE (RFC 8489 §14.8): the number from 300 to 699, and the reason in UTF-8.</summary>
    public bool TryReadErrorCode(out int code, out ReadOnlySpan<byte> reason)
    {
        code = 0;
        reason = default;
        if (!TryFind(StunAttributeType.ErrorCode, out var value) || value.Length < 4)
        {
            return false;
        }

        var hundreds = value[2] & 0b111;
        var rest = value[3];
        if (hundreds is < 3 or > 6 || rest > 99)
        {
            return false;
        }

        code = hundreds * 100 + rest;
        reason = value[4..];
        return true;
    }

    /// <summary>
    /// Collects the types which must be understood and are not (RFC 8489 §6.3), each as often as it occurs, until the
    /// destination is full; returns their number.
    /// </summary>
    public int FindUnknownAttributes(Span<StunAttributeType> destination)
    {
        var count = 0;
        foreach (var attribute in Attributes)
        {
            if ((ushort)attribute.Type < 0x8000 && !Enum.IsDefined(attribute.Type) && count < destination.Length)
            {
                destination[count++] = attribute.Type;
            }
        }

        return count;
    }

    /// <summary>Whether FINGERPRINT is there and right (RFC 8489 §14.7).</summary>
    public bool VerifyFingerprint() => _fingerprint != 0
        && (Crc32.Compute(_datagram[.._fingerprint]) ^ FingerprintXor)
            == BinaryPrimitives.ReadUInt32BigEndian(_datagram[(_fingerprint + AttributeHeaderLength)..]);

    /// <summary>Whether MESSAGE-INTEGRITY is there and right under the key (RFC 8489 §14.5); compared in constant time.</summary>
    /// <param name="key">Short-term: the password in UTF-8. Long-term: <see cref="StunKey.LongTerm"/>.</param>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        if (_integrity == 0)
        {
            return false;
        }

        Span<byte> computed = stackalloc byte[IntegrityLength];
        StunIntegrity.Compute(_datagram[.._integrity], IntegrityLength, key, computed);
        return CryptographicOperations.FixedTimeEquals(computed, _datagram.Slice(_integrity + AttributeHeaderLength, IntegrityLength));
    }

    /// <summary>Whether MESSAGE-INTEGRITY-SHA256 is there and right under the key (RFC 8489 §14.6); compared in constant time.</summary>
    /// <param name="key">As of <see cref="VerifyIntegrity"/>.</param>
    public bool VerifyIntegritySha256(ReadOnlySpan<byte> key)
    {
        if (_integritySha256 == 0)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(_datagram[(_integritySha256 + 2)..]);
        Span<byte> computed = stackalloc byte[IntegritySha256Length];
        StunIntegrity.ComputeSha256(_datagram[.._integritySha256], length, key, computed);
        return CryptographicOperations.FixedTimeEquals(
            computed[..length], _datagram.Slice(_integritySha256 + AttributeHeaderLength, length));
    }

    internal static int Pad(int length) => (length + 3) & ~3;

    private static StunParseError CheckHeader(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength)
        {
            return StunParseError.TooShort;
        }

        if ((datagram[0] & 0b1100_0000) != 0)
        {
            return StunParseError.NotStun;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie)
        {
            return StunParseError.WrongMagicCookie;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return length % 4 != 0 || length != datagram.Length - HeaderLength ? StunParseError.WrongLength : StunParseError.None;
    }
}
