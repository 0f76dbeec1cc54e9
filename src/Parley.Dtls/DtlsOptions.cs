namespace Parley.Dtls;

/// <summary>What an endpoint is made with.</summary>
public sealed record DtlsOptions
{
    /// <summary>The side it takes.</summary>
    public required DtlsRole Role { get; init; }

    /// <summary>The certificate it presents. The endpoint does not own it: many connections share one.</summary>
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>
    /// Certificates to present instead, in this order, when the peer does not take the first: of another kind of key than it has cipher
    /// suites or signature schemes for. All fingerprints must have been signaled.
    /// </summary>
    public IReadOnlyList<DtlsCertificate> AlternativeCertificates { get; init; } = [];

    /// <summary>
    /// The fingerprints the remote certificate must match (RFC 8122 §5). Empty: not known yet; the handshake runs, but does not
    /// become <see cref="DtlsState.Connected"/> before <see cref="DtlsEndpoint.SetRemoteFingerprints"/>.
    /// </summary>
    public IReadOnlyList<CertificateFingerprint> RemoteFingerprints { get; init; } = [];

    /// <summary>
    /// SRTP protection profiles by their IANA numbers (RFC 5764 §4.1.2), best first; empty: use_srtp is neither offered nor answered.
    /// A server chooses by its own order.
    /// </summary>
    public IReadOnlyList<ushort> SrtpProfiles { get; init; } = [];

    /// <summary>The largest datagram that <see cref="DtlsEndpoint.Transmit"/> makes, in bytes; at least 128.</summary>
    public int Mtu { get; init; } = 1200;

    /// <summary>The first wait before a flight is sent again; it doubles with each repetition (RFC 6347 §4.2.4.1).</summary>
    public TimeSpan InitialRetransmission { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two repetitions.</summary>
    public TimeSpan MaximumRetransmission { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a handshake may take from its first message on, unless <see cref="DtlsEndpoint.LimitHandshake"/> says otherwise.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of handshake messages not yet complete or not yet due that are kept at the most; a longer message is refused.
    /// </summary>
    public int ReassemblyLimit { get; init; } = 64 * 1024;

    /// <summary>Whether a peer without the extended master secret (RFC 7627) is refused.</summary>
    public bool RequireExtendedMasterSecret { get; init; }
}
