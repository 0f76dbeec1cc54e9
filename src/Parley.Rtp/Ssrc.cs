namespace Parley.Rtp;

/// <summary>The synchronization source identifier of a stream of RTP packets (RFC 3550 §3).</summary>
/// <param name="Value">The 32 bits as on the wire.</param>
public readonly record struct Ssrc(uint Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
