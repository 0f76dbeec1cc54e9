namespace Parley.Sctp;

/// <summary>How an association decides how much it sends, and how fast.</summary>
public enum CongestionControl
{
    /// <summary>CUBIC (RFC 9438): a loss tells of congestion. <see cref="CubicController"/>.</summary>
    Cubic,

    /// <summary>What RFC 9260 §7.2 says, which is TCP Reno's. <see cref="RenoController"/>.</summary>
    Reno,

    /// <summary>
    /// A model of the path (BBR version 3, draft-ietf-ccwg-bbr): what is delivered and the shortest round trip tell how much the path
    /// carries, so that losses which are not congestion's cost little. <see cref="BbrController"/>.
    /// </summary>
    Bbr,
}
