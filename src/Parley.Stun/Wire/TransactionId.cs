using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Stun;

/// <summary>The 96 bits that tie a response to its request (RFC 8489 §5).</summary>
public readonly record struct TransactionId
{
    private readonly ulong _high;
    private readonly uint _low;

    private TransactionId(ulong high, uint low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>The length on the wire, in bytes.</summary>
    public const int Length = 12;

    /// <summary>Draws an id. RFC 8489 §5: "MUST be uniformly and randomly chosen from the interval 0 .. 2**96-1".</summary>
    public static TransactionId Create(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(random.NextUInt64(), random.NextUInt32());
    }

    /// <summary>
    /// Draws an id that begins with a tag, so that who shares a socket can tell whose response it is. 64 random bits are left, which nobody
    /// guesses who does not see the request.
    /// </summary>
    /// <param name="random">Where the rest comes from.</param>
    /// <param name="tag">The first four bytes, in network order.</param>
    public static TransactionId Create(RandomSource random, uint tag)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(((ulong)tag << 32) | random.NextUInt32(), random.NextUInt32());
    }

    /// <summary>The first four bytes, in network order.</summary>
    public uint Tag => (uint)(_high >> 32);

    /// <summary>Reads the id from the first 12 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter.</exception>
    public static TransactionId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[8..]));

    /// <summary>Writes the id to the first 12 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], _low);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_high:x16}{_low:x8}";
}
