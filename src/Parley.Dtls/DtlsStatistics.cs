namespace Parley.Dtls;

/// <summary>Counts since the endpoint was made.</summary>
/// <param name="RecordsReceived">Records accepted: they authenticated, or belong to the handshake's beginning.</param>
/// <param name="RecordsDropped">Records dropped in silence: malformed, forged, replayed or out of their time (RFC 6347 §4.1.2.7).</param>
/// <param name="FlightsRetransmitted">How often a flight was sent again, by the timer or because the peer repeated its own.</param>
public readonly record struct DtlsStatistics(long RecordsReceived, long RecordsDropped, long FlightsRetransmitted);
