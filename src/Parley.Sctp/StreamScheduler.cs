namespace Parley.Sctp;

/// <summary>
/// How streams that have something to send take turns (RFC 8260 §3): by message, or by fragment where messages are interleaved.
/// </summary>
public enum StreamScheduler
{
    /// <summary>By bytes, in proportion to their priorities (§3.6, SCTP_SS_WFQ).</summary>
    WeightedFair,

    /// <summary>One after the other, whatever their priorities (§3.2, SCTP_SS_RR; with interleaving §3.3, SCTP_SS_RR_PKT's kind).</summary>
    RoundRobin,
}
