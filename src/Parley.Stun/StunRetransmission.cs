namespace Parley.Stun;

/// <summary>The retransmission schedule of a request over UDP (RFC 8489 §6.2.1).</summary>
/// <param name="Rto">The wait after the first transmission, more than zero; each further wait is twice the one before.</param>
/// <param name="Rc">How often the request is sent in all, at least 1.</param>
/// <param name="Rm">How many times <paramref name="Rto"/> to wait after the last transmission, at least 1.</param>
public readonly record struct StunRetransmission(TimeSpan Rto, int Rc, int Rm)
{
    /// <summary>The longest wait between two transmissions; zero: the doubling has no end. RFC 8489 knows no such bound.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>RTO 500 ms, Rc 7, Rm 16: sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, given up after 39.5 s.</summary>
    public static StunRetransmission Default { get; } = new(TimeSpan.FromMilliseconds(500), 7, 16);
}
