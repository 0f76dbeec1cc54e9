using System.Security.Cryptography;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// What an INIT ACK's State Cookie keeps (RFC 9260 §5.1.3), authenticated by HMAC-SHA-256 with a key of this association.
/// </summary>
internal readonly record struct StateCookie
{
    public const int Length = FieldsLength + HMACSHA256.HashSizeInBytes;
    public const int KeyLength = 32;
    private const int FieldsLength = 44;

    public Instant CreatedAt { get; init; }

    public uint LocalTag { get; init; }

    public uint PeerTag { get; init; }

    public Tsn LocalInitialTsn { get; init; }

    public Tsn PeerInitialTsn { get; init; }

    public uint PeerWindow { get; init; }

    public ushort OutboundStreams { get; init; }

    public uint LocalTieTag { get; init; }

    public uint PeerTieTag { get; init; }

    public PeerCapabilities Capabilities { get; init; }

    public void Write(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        var writer = new BigEndianWriter(destination);
        writer.WriteUInt64((ulong)CreatedAt.Nanoseconds);
        writer.WriteUInt32(LocalTag);
        writer.WriteUInt32(PeerTag);
        writer.WriteUInt32(LocalInitialTsn.Value);
        writer.WriteUInt32(PeerInitialTsn.Value);
        writer.WriteUInt32(PeerWindow);
        writer.WriteUInt32(LocalTieTag);
        writer.WriteUInt32(PeerTieTag);
        writer.WriteUInt16(OutboundStreams);
        writer.WriteByte((byte)Capabilities);
        writer.WriteZeros(FieldsLength - writer.Position);
        HMACSHA256.HashData(key, destination[..FieldsLength], destination[FieldsLength..Length]);
    }

    public static bool TryParse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key, out StateCookie cookie, out SctpParseError error)
    {
        cookie = default;
        if (bytes.Length != Length)
        {
            error = SctpParseError.BadLength;
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes[..FieldsLength], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[FieldsLength..]))
        {
            error = SctpParseError.BadValue;
            return false;
        }

        var reader = new BigEndianReader(bytes);
        reader.TryReadUInt64(out var createdAt);
        reader.TryReadUInt32(out var localTag);
        reader.TryReadUInt32(out var peerTag);
        reader.TryReadUInt32(out var localTsn);
        reader.TryReadUInt32(out var peerTsn);
        reader.TryReadUInt32(out var window);
        reader.TryReadUInt32(out var localTie);
        reader.TryReadUInt32(out var peerTie);
        reader.TryReadUInt16(out var streams);
        reader.TryReadByte(out var capabilities);
        cookie = new StateCookie
        {
            CreatedAt = Instant.FromNanoseconds((long)createdAt),
            LocalTag = localTag,
            PeerTag = peerTag,
            LocalInitialTsn = new Tsn(localTsn),
            PeerInitialTsn = new Tsn(peerTsn),
            PeerWindow = window,
            LocalTieTag = localTie,
            PeerTieTag = peerTie,
            OutboundStreams = streams,
            Capabilities = (PeerCapabilities)capabilities,
        };
        error = SctpParseError.None;
        return true;
    }
}
