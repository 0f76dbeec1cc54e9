namespace Parley.Sctp;

/// <summary>What a SACK meant for congestion control.</summary>
public readonly record struct Acknowledgement
{
    /// <summary>Bytes that were on their way and are acknowledged for the first time, by the cumulative TSN or a gap block.</summary>
    public long BytesAcknowledged { get; init; }

    /// <summary>Whether the cumulative TSN advanced.</summary>
    public bool CumulativeAdvanced { get; init; }

    /// <summary>Bytes on their way before the SACK.</summary>
    public long BytesInFlightBefore { get; init; }

    /// <summary>Whether what the sender had on its way filled the window, so that the window may grow.</summary>
    public bool WindowLimited { get; init; }

    /// <summary>Whether loss is being repaired (RFC 9260 §7.2.4): the window does not grow.</summary>
    public bool InFastRecovery { get; init; }

    /// <summary>Whether all that was on its way is acknowledged.</summary>
    public bool AllAcknowledged { get; init; }

    /// <summary>A round trip measured by this SACK; null: none.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>How long ago the latest of the chunks newly acknowledged was sent, when it was sent once only; null otherwise.</summary>
    public TimeSpan? LatestRoundTrip { get; init; }

    /// <summary>Bytes on their way after the SACK.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>How fast the path delivered; empty unless the controller measures it.</summary>
    public DeliverySample Delivery { get; init; }
}
