using Parley.Net;

namespace Parley.Sctp;

/// <summary>A transmission sequence number; it wraps, and its order is that of serial numbers (RFC 9260 §1.6).</summary>
/// <param name="Value">The number on the wire.</param>
internal readonly record struct Tsn(uint Value)
{
    public static Tsn operator +(Tsn tsn, int count) => new(tsn.Value + (uint)count);

    public static Tsn operator ++(Tsn tsn) => new(tsn.Value + 1);

    public static int operator -(Tsn left, Tsn right) => SerialNumber.Difference(left.Value, right.Value);

    public static bool operator <(Tsn left, Tsn right) => left - right < 0;

    public static bool operator >(Tsn left, Tsn right) => left - right > 0;

    public static bool operator <=(Tsn left, Tsn right) => left - right <= 0;

    public static bool operator >=(Tsn left, Tsn right) => left - right >= 0;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
