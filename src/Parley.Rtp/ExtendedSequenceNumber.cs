namespace Parley.Rtp;

/// <summary>
/// A sequence number with its roll-overs counted (RFC 3550 §6.4.1 and A.1), so that it never wraps within the life of a stream.
/// </summary>
/// <param name="Value">Roll-overs times 65,536 plus the number on the wire.</param>
public readonly record struct ExtendedSequenceNumber(long Value) : IComparable<ExtendedSequenceNumber>
{
    /// <summary>The low 16 bits, as on the wire.</summary>
    public SequenceNumber SequenceNumber => new((ushort)Value);

    /// <summary>The number that follows this one.</summary>
    public ExtendedSequenceNumber Next => new(Value + 1);

    /// <summary>The extended number nearest to this one whose low 16 bits are those given.</summary>
    public ExtendedSequenceNumber Nearest(SequenceNumber number) => new(Value + (short)(number.Value - (ushort)Value));

    /// <inheritdoc/>
    public int CompareTo(ExtendedSequenceNumber other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left number comes before the right one.</summary>
    public static bool operator <(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.Value < right.Value;

    /// <summary>Whether the left number comes after the right one.</summary>
    public static bool operator >(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.Value > right.Value;

    /// <summary>Whether the left number does not come after the right one.</summary>
    public static bool operator <=(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.Value <= right.Value;

    /// <summary>Whether the left number does not come before the right one.</summary>
    public static bool operator >=(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.Value >= right.Value;

    /// <summary>How many numbers the left one lies ahead of the right one.</summary>
    public static long operator -(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.Value - right.Value;
}
