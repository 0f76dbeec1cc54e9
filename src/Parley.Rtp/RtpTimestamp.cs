using Parley.Net;

namespace Parley.Rtp;

/// <summary>The 32-bit timestamp of an RTP packet, in ticks of its codec's clock, which wraps (RFC 3550 §5.1).</summary>
/// <param name="Value">The 32 bits as on the wire.</param>
public readonly record struct RtpTimestamp(uint Value)
{
    /// <summary>Whether this timestamp comes after the other one (RFC 1982).</summary>
    public bool IsAfter(RtpTimestamp other) => SerialNumber.IsAfter(Value, other.Value);

    /// <summary>Ticks from the other timestamp to this one; negative when this one is earlier.</summary>
    public int DistanceFrom(RtpTimestamp other) => SerialNumber.Difference(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
