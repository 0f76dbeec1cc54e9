using Parley.Net;

namespace Parley.Rtp;

/// <summary>The 16-bit sequence number of an RTP packet, which wraps (RFC 3550 §5.1).</summary>
/// <param name="Value">The 16 bits as on the wire.</param>
public readonly record struct SequenceNumber(ushort Value)
{
    /// <summary>The number that follows this one.</summary>
    public SequenceNumber Next => new((ushort)(Value + 1));

    /// <summary>Whether this number comes after the other one (RFC 1982).</summary>
    public bool IsAfter(SequenceNumber other) => SerialNumber.IsAfter(Value, other.Value);

    /// <summary>How far this number lies ahead of the other one; negative when behind.</summary>
    public int DistanceFrom(SequenceNumber other) => SerialNumber.Difference(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
