using Parley.Dtls;
using Parley.Sdp;

namespace Parley;

/// <summary>What a description of the peer's says of the DTLS association: its name, if it has one, and whose certificate it shows.</summary>
internal sealed record RemoteAssociation(string? TlsId, IReadOnlyList<CertificateFingerprint> Fingerprints)
{
    public static RemoteAssociation Of(SdpDocument document, MediaDescription media) => new(document.TlsIdOf(media), document.CertificateFingerprintsOf(media));

    /// <summary>
    /// RFC 8842 §3.1: a new association is wanted when "one or more fingerprint values are modified, added, or removed", or by another tls-id. A
    /// description without tls-id says nothing by it.
    /// </summary>
    public bool ContinuesAs(RemoteAssociation other) => !HasOtherName(other) && Fingerprints.ToHashSet().SetEquals(other.Fingerprints);

    /// <summary>Whether both have a name, and not the same.</summary>
    public bool HasOtherName(RemoteAssociation other) => TlsId is not null && other.TlsId is not null && TlsId != other.TlsId;
}
