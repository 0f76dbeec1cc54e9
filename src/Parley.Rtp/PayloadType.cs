namespace Parley.Rtp;

/// <summary>The 7-bit payload type of an RTP packet (RFC 3550 §5.1), bound to a codec by the session description.</summary>
/// <param name="Value">0 to 127.</param>
public readonly record struct PayloadType(byte Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
