using System.Runtime.CompilerServices;
using Parley.Dtls;
using Parley.Rtp;
using Parley.Srtp;
using Parley.Transport;

namespace Parley;

/// <summary>Takes what a transport has counted into a report. In the driver's turn.</summary>
internal sealed class TransportFigures(BundleTransport core, PeerTransport transport, StatsCollection collection)
{
    public void Collect(IReadOnlyDictionary<int, RtpTransceiver> media, ConditionalWeakTable<RtpInboundStream, FrameTally> heard)
    {
        AddPaths();
        foreach (var section in core.Sections)
        {
            if (media.TryGetValue(section.Id, out var transceiver))
            {
                AddStreams(section, transceiver, heard);
            }
        }
    }

    private void AddPaths()
    {
        string? selected = null;
        long packetsSent = 0, packetsReceived = 0, bytesSent = 0, bytesReceived = 0;
        foreach (var pair in core.Pairs)
        {
            var id = AddPair(pair);
            selected = pair == core.SelectedPair ? id : selected;
            packetsSent += pair.PacketsSent;
            packetsReceived += pair.PacketsReceived;
            bytesSent += pair.BytesSent;
            bytesReceived += pair.BytesReceived;
        }

        AddUnpaired();
        var remoteCertificate = collection.AddChain([.. core.RemoteCertificate]);
        var localCertificate = core.LocalCertificate is { } own ? collection.AddCertificate(own.Der.Span) : null;
        collection.Complete(transport, stats => stats with
        {
            PacketsSent = packetsSent,
            PacketsReceived = packetsReceived,
            BytesSent = bytesSent,
            BytesReceived = bytesReceived,
            SelectedCandidatePairId = selected,
            SelectedCandidatePairChanges = core.SelectedPairChanges,
            LocalCertificateId = localCertificate,
            RemoteCertificateId = remoteCertificate,
            TlsVersion = core.DtlsVersion is null ? null : "FEFD",
            DtlsCipher = NameOf(core.CipherSuite),
            SrtpCipher = NameOf(core.SrtpProfile),
        });
    }

    private string AddPair(Ice.IceCandidatePair pair)
    {
        var id = $"CP{transport.StatsId}_{pair.Id}";
        collection.Add(new IceCandidatePairStats
        {
            Id = id,
            Timestamp = collection.Timestamp,
            TransportId = transport.StatsId,
            LocalCandidateId = AddCandidate(pair.Local, isRemote: false),
            RemoteCandidateId = AddCandidate(pair.Remote, isRemote: true),
            LastPacketSentTimestamp = collection.TimeOf(pair.LastPacketSentAt),
            LastPacketReceivedTimestamp = collection.TimeOf(pair.LastPacketReceivedAt),
            AvailableOutgoingBitrate = pair == core.SelectedPair ? core.EstimatedBitrate : null,
            State = pair.State switch
            {
                Ice.IceCandidatePairState.InProgress => "in-progress",
                var state => state.ToString().ToLowerInvariant(),
            },
            Nominated = pair.IsNominated,
            PacketsSent = pair.PacketsSent,
            PacketsReceived = pair.PacketsReceived,
            BytesSent = pair.BytesSent,
            BytesReceived = pair.BytesReceived,
            TotalRoundTripTime = pair.TotalRoundTripTime.TotalSeconds,
            CurrentRoundTripTime = pair.CurrentRoundTripTime?.TotalSeconds,
            RequestsReceived = pair.RequestsReceived,
            RequestsSent = pair.RequestsSent,
            ResponsesReceived = pair.ResponsesReceived,
            ResponsesSent = pair.ResponsesSent,
            ConsentRequestsSent = pair.ConsentRequestsSent,
        });
        return id;
    }

    /// <summary>Candidates are in a report whether they are in a pair or not, once the application has seen them.</summary>
    private void AddUnpaired()
    {
        foreach (var candidate in core.LocalCandidates.Where(candidate => collection.IsSurfaced(candidate.Address)))
        {
            AddCandidate(candidate, isRemote: false);
        }

        foreach (var candidate in core.RemoteCandidates)
        {
            AddCandidate(candidate, isRemote: true);
        }
    }

    private string AddCandidate(Ice.IceCandidate candidate, bool isRemote)
    {
        var id = $"I{(isRemote ? 'R' : 'L')}{transport.StatsId}_{candidate.Address}_{candidate.Type}";
        collection.Add(new IceCandidateStats
        {
            Id = id,
            Timestamp = collection.Timestamp,
            TransportId = transport.StatsId,
            Address = !isRemote || collection.IsKnown(candidate.Address.Address) ? candidate.Address.Address.ToString() : null,
            Port = candidate.Address.Port,
            Protocol = "udp",
            CandidateType = CandidateConversion.ToPublic(candidate.Type),
            Priority = candidate.Priority,
            Url = candidate.Url,
            Foundation = candidate.Foundation,
            RelatedAddress = candidate.RelatedAddress?.Address.ToString(),
            RelatedPort = candidate.RelatedAddress?.Port,
            UsernameFragment = candidate.UsernameFragment,
            IsRemote = isRemote,
        });
        return id;
    }

    /// <summary>
    /// "Later, RTCRtpTransceiver.stop() is called. The "outbound-rtp" objects still exist but their packet counters have frozen"
    /// (webrtc-stats §8.1): they go with the transceiver, which leaves the set once its stop has been negotiated.
    /// </summary>
    private void AddStreams(TransportSection section, RtpTransceiver transceiver, ConditionalWeakTable<RtpInboundStream, FrameTally> heard)
    {
        foreach (var outbound in section.Outbounds.Concat(section.EndedOutbounds))
        {
            collection.AddOutbound(transport, transceiver, outbound);
        }

        foreach (var stream in (section.Inbound?.Streams ?? []).Concat(section.EndedStreams))
        {
            collection.AddInbound(transport, transceiver, stream, heard.TryGetValue(stream, out var tally) ? tally : null);
        }
    }

    /// <summary>The name in the IANA registry of TLS cipher suites (webrtc-stats, dtlsCipher).</summary>
    private static string? NameOf(DtlsCipherSuite? suite) => suite switch
    {
        DtlsCipherSuite.EcdheEcdsaAes128GcmSha256 => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        DtlsCipherSuite.EcdheEcdsaAes256GcmSha384 => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        DtlsCipherSuite.EcdheRsaAes128GcmSha256 => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        DtlsCipherSuite.EcdheRsaAes256GcmSha384 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        _ => suite?.ToString(),
    };

    /// <summary>The name in the IANA registry of DTLS-SRTP protection profiles (webrtc-stats, srtpCipher).</summary>
    private static string? NameOf(SrtpProfile? profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1With80BitTag => "SRTP_AES128_CM_HMAC_SHA1_80",
        SrtpProfile.Aes128CmHmacSha1With32BitTag => "SRTP_AES128_CM_HMAC_SHA1_32",
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        _ => null,
    };
}
