namespace Parley.Dtls;

/// <summary>Counts since the endpoint was made.</summary>
/// <param name="RecordsReceived">Records accepted: they authenticated, or belong to the handshake's beginning.</param>
/// <param name="RecordsDropped">Records dropped in silence: malformed, forged, replayed or out of their time (RFC 6347 §4.1.2.7).</param>
/// <param name="FlightsRetransmitted">How often a flight was sent again, by the timer or because the peer repeated its own.</param>
public readonly record struct DtlsStatistics(long RecordsReceived, long RecordsDropped, long FlightsRetransmitted)
{
    /// <summary>Handshake fragments that contradicted an earlier one of the same message.</summary>
    public long ContradictingFragments { get; init; }

    /// <summary>
    /// Records dropped because their content was larger than 2^14 bytes (RFC 5246 §6.2.1); counted in <see cref="RecordsDropped"/>, too.
    /// </summary>
    public long RecordsTooLarge { get; init; }
}
