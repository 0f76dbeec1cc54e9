using Parley.Dtls;
using Parley.Sdp;

namespace Parley;

/// <summary>What a description of the peer's says of the DTLS association: whose certificates it shows.</summary>
internal sealed record RemoteAssociation(IReadOnlyList<CertificateFingerprint> Fingerprints)
{
    public static RemoteAssociation Of(SdpDocument document, MediaDescription media) => new(document.CertificateFingerprintsOf(media));

    /// <summary>RFC 8842 §3.1: a new association is wanted when "one or more fingerprint values are modified, added, or removed".</summary>
    public bool ContinuesAs(RemoteAssociation other) => Fingerprints.ToHashSet().SetEquals(other.Fingerprints);
}
