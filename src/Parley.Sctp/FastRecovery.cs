namespace Parley.Sctp;

/// <summary>
/// The repair of a window of which something was lost (RFC 9260 §7.2.4), and what may leave while it lasts: what leaves follows what has
/// arrived, down to the new window (RFC 9937, proportional rate reduction), for a burst of repetitions would be lost like the first.
/// </summary>
internal struct FastRecovery
{
    private Tsn _exit;
    private long _flightAtLoss;
    private long _delivered;
    private long _sent;
    private long _budget;

    /// <summary>Whether it lasts.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Whether deliveries have paid for a packet.</summary>
    public readonly bool HasBudget => _budget > 0;

    /// <summary>Something of a window is lost: once for each window.</summary>
    /// <param name="inFlight">The bytes on their way before the loss.</param>
    /// <param name="last">The last TSN sent: recovery lasts until it is acknowledged cumulatively.</param>
    public void Begin(long inFlight, Tsn last)
    {
        IsActive = true;
        _flightAtLoss = Math.Max(1, inFlight);
        _delivered = _sent = 0;
        _exit = last;
    }

    /// <summary>The cumulative TSN is acknowledged.</summary>
    public void OnCumulativeAck(Tsn acknowledged)
    {
        if (IsActive && acknowledged >= _exit)
        {
            IsActive = false;
        }
    }

    /// <summary>A SACK has come, of which the loss of earlier packets is known by now: RFC 9937 §6.</summary>
    /// <param name="outcome">What it changed.</param>
    /// <param name="inFlight">The bytes on their way after it.</param>
    /// <param name="window">The window of congestion control, reduced for the loss.</param>
    /// <param name="packetSize">The bytes of a packet.</param>
    public void OnAcknowledged(in AcknowledgeOutcome outcome, long inFlight, long window, int packetSize)
    {
        _delivered += outcome.BytesAcknowledged;
        if (inFlight > window)
        {
            _budget = (long)((double)_delivered * window / _flightAtLoss) - _sent;
            return;
        }

        // "SafeACK": the cumulative point advances, and nothing more was lost.
        var limit = Math.Max(_delivered - _sent, outcome.BytesAcknowledged);
        limit += outcome is { CumulativeAdvanced: true, HasLoss: false } ? packetSize : 0;
        _budget = Math.Min(window - inFlight, limit);
    }

    /// <summary>Bytes have left.</summary>
    public void OnSent(int bytes)
    {
        _budget -= bytes;
        _sent += bytes;
    }

    /// <summary>The retransmission timer has expired: all begins anew.</summary>
    public void Stop() => IsActive = false;
}
