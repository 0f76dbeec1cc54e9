namespace Parley.Dtls;

/// <summary>Something that happened in a DTLS endpoint.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Failure">For <see cref="DtlsEventKind.Failed"/> the reason as this side knows it.</param>
/// <param name="Alert">The alert received (<see cref="DtlsFailure.PeerAlert"/>) or sent; null when there was none.</param>
public readonly record struct DtlsEvent(DtlsEventKind Kind, DtlsFailure Failure = DtlsFailure.None, AlertDescription? Alert = null);
