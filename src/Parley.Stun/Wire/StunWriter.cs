using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Stun;

/// <summary>
/// Writes a STUN message into a buffer of the caller's, attribute by attribute, in the order of the calls; integrity after
/// all that it shall cover, FINGERPRINT last (RFC 8489 §14.5 to §14.7). The message is complete after each call. Nothing is
/// allocated. A buffer that is too small is the caller's mistake and throws <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _destination;
    private int _position;

    /// <summary>Writes the header.</summary>
    public StunWriter(Span<byte> destination, StunClass messageClass, StunMethod method, TransactionId transactionId)
    {
        _destination = destination;
        _position = StunMessage.HeaderLength;

        // The two bits of the class lie between the bits of the method: M11..M7 C1 M6..M4 C0 M3..M0.
        var m = (int)method;
        var c = (int)messageClass;
        var type = (m & 0x000F) | ((m & 0x0070) << 1) | ((m & 0x0F80) << 2) | ((c & 0b01) << 4) | ((c & 0b10) << 7);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StunMessage.MagicCookie);
        transactionId.Write(destination.Slice(8, TransactionId.Length));
    }

    /// <summary>The length of the message so far, in bytes.</summary>
    public readonly int Length => _position;

    /// <summary>Adds an attribute of any bytes; the padding is zero.</summary>
    public void Add(StunAttributeType type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, value.Length));

    /// <summary>Adds an attribute without a value: USE-CANDIDATE, DONT-FRAGMENT.</summary>
    public void Add(StunAttributeType type) => Begin(type, 0);

    /// <summary>Adds an attribute of four bytes: PRIORITY, LIFETIME.</summary>
    public void AddUInt32(StunAttributeType type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Begin(type, 4), value);

    /// <summary>Adds an attribute of eight bytes: ICE-CONTROLLING, ICE-CONTROLLED.</summary>
    public void AddUInt64(StunAttributeType type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Begin(type, 8), value);

    /// <summary>Adds an address that is not masked: MAPPED-ADDRESS, ALTERNATE-SERVER.</summary>
    public void AddAddress(StunAttributeType type, TransportAddress address)
    {
        Span<byte> value = stackalloc byte[StunAddress.MaxLength];
        Add(type, value[..StunAddress.Write(value, address)]);
    }

    /// <summary>Adds a masked address: XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS.</summary>
    public void AddXorAddress(StunAttributeType type, TransportAddress address)
    {
        Span<byte> value = stackalloc byte[StunAddress.MaxLength];
        Add(type, value[..StunAddress.WriteXor(value, address, _destination.Slice(4, 16))]);
    }

    /// <summary>Adds ERROR-CODE.</summary>
    /// <param name="code">300 to 699.</param>
    /// <param name="reason">UTF-8, at most 763 bytes (RFC 8489 §14.8); may be empty.</param>
    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        var value = Begin(StunAttributeType.ErrorCode, 4 + reason.Length);
        value[..2].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>Adds UNKNOWN-ATTRIBUTES.</summary>
    public void AddUnknownAttributes(scoped ReadOnlySpan<StunAttributeType> types)
    {
        var value = Begin(StunAttributeType.UnknownAttributes, types.Length * 2);
        for (var index = 0; index < types.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(index * 2)..], (ushort)types[index]);
        }
    }

    /// <summary>Adds MESSAGE-INTEGRITY over all before it.</summary>
    /// <param name="key">Short-term: the password in UTF-8. Long-term: <see cref="StunKey.LongTerm"/>.</param>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var covered = _destination[.._position];
        StunIntegrity.Compute(
            covered, StunMessage.IntegrityLength, key, Begin(StunAttributeType.MessageIntegrity, StunMessage.IntegrityLength));
    }

    /// <summary>Adds MESSAGE-INTEGRITY-SHA256 over all before it.</summary>
    /// <param name="key">As of <see cref="AddIntegrity"/>.</param>
    public void AddIntegritySha256(scoped ReadOnlySpan<byte> key)
    {
        var covered = _destination[.._position];
        var value = Begin(StunAttributeType.MessageIntegritySha256, StunMessage.IntegritySha256Length);
        StunIntegrity.ComputeSha256(covered, StunMessage.IntegritySha256Length, key, value);
    }

    /// <summary>Adds FINGERPRINT over all before it; nothing may follow.</summary>
    public void AddFingerprint()
    {
        var start = _position;
        var value = Begin(StunAttributeType.Fingerprint, StunMessage.FingerprintLength);

        // RFC 8489 §14.7: the length field covers FINGERPRINT already when the CRC is taken.
        BinaryPrimitives.WriteUInt32BigEndian(value, Crc32.Compute(_destination[..start]) ^ StunMessage.FingerprintXor);
    }

    private Span<byte> Begin(StunAttributeType type, int length)
    {
        var padded = StunMessage.Pad(length);
        var attribute = _destination.Slice(_position, StunMessage.AttributeHeaderLength + padded);
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        attribute[(StunMessage.AttributeHeaderLength + length)..].Clear();
        _position += attribute.Length;
        BinaryPrimitives.WriteUInt16BigEndian(_destination[2..], (ushort)(_position - StunMessage.HeaderLength));
        return attribute.Slice(StunMessage.AttributeHeaderLength, length);
    }
}
