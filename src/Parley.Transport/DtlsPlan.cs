using Parley.Dtls;

namespace Parley.Transport;

/// <summary>The DTLS association.</summary>
/// <param name="Association">Another number than the one before: another association takes its place (RFC 8842 §3.1), by paths of the
/// newest ICE generation alone.</param>
/// <param name="Role">Which side of the handshake this is. Within one association it does not change.</param>
/// <param name="Fingerprints">The fingerprints one of which the peer's certificate must match (RFC 8122); while there is none, the
/// handshake waits at its end.</param>
/// <param name="Certificates">This side's certificates, the preferred first; at least one.</param>
public sealed record DtlsPlan(
    int Association,
    DtlsRole Role,
    IReadOnlyList<CertificateFingerprint> Fingerprints,
    IReadOnlyList<DtlsCertificate> Certificates);
