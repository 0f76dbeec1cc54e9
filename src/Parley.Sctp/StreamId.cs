namespace Parley.Sctp;

/// <summary>The number of a stream, one direction of a data channel (RFC 9260 §3.3.1); 0 to 65,534 (RFC 8831 §6.5).</summary>
/// <param name="Value">The number on the wire.</param>
public readonly record struct StreamId(ushort Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
