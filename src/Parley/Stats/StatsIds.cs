using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Parley;

/// <summary>
/// The ids that a connection shows: the same for the same object in each report, and not to be guessed (webrtc-pc §8.4, id: "MUST NOT be
/// predictable by an application").
/// </summary>
/// <param name="salt">Random bytes of the connection.</param>
internal sealed class StatsIds(byte[] salt)
{
    private const int Length = 9;

    /// <summary>An entry with its own id and those it refers to made opaque.</summary>
    public Stats Hide(Stats stats) => stats switch
    {
        CodecStats codec => codec with { Id = Hide(codec.Id), TransportId = Hide(codec.TransportId) },
        InboundRtpStreamStats inbound =>
            inbound with
            {
                Id = Hide(inbound.Id),
                TransportId = HideAny(inbound.TransportId),
                CodecId = HideAny(inbound.CodecId),
                RemoteId = HideAny(inbound.RemoteId),
            },
        OutboundRtpStreamStats outbound => outbound with
        {
            Id = Hide(outbound.Id),
            TransportId = HideAny(outbound.TransportId),
            CodecId = HideAny(outbound.CodecId),
            RemoteId = HideAny(outbound.RemoteId),
            MediaSourceId = HideAny(outbound.MediaSourceId),
        },
        RemoteInboundRtpStreamStats remote =>
            remote with
            {
                Id = Hide(remote.Id),
                TransportId = HideAny(remote.TransportId),
                CodecId = HideAny(remote.CodecId),
                LocalId = Hide(remote.LocalId),
            },
        RemoteOutboundRtpStreamStats remote =>
            remote with
            {
                Id = Hide(remote.Id),
                TransportId = HideAny(remote.TransportId),
                CodecId = HideAny(remote.CodecId),
                LocalId = Hide(remote.LocalId),
            },
        TransportStats transport => transport with
        {
            Id = Hide(transport.Id),
            SelectedCandidatePairId = HideAny(transport.SelectedCandidatePairId),
            LocalCertificateId = HideAny(transport.LocalCertificateId),
            RemoteCertificateId = HideAny(transport.RemoteCertificateId),
        },
        IceCandidatePairStats pair => pair with
        {
            Id = Hide(pair.Id),
            TransportId = Hide(pair.TransportId),
            LocalCandidateId = Hide(pair.LocalCandidateId),
            RemoteCandidateId = Hide(pair.RemoteCandidateId),
        },
        IceCandidateStats candidate => candidate with { Id = Hide(candidate.Id), TransportId = Hide(candidate.TransportId) },
        CertificateStats certificate =>
            certificate with { Id = Hide(certificate.Id), IssuerCertificateId = HideAny(certificate.IssuerCertificateId) },
        _ => stats with { Id = Hide(stats.Id) },
    };

    private string? HideAny(string? name) => name is null ? null : Hide(name);

    private string Hide(string name) => Base64Url.EncodeToString(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(name)).AsSpan(0, Length));
}
