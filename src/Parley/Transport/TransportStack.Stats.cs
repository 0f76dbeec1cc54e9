using System.Runtime.CompilerServices;
using Parley.Dtls;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

// What the stack has counted.
internal sealed partial class TransportStack
{
    /// <summary>What came of each stream; a stream takes its tally with it.</summary>
    private readonly ConditionalWeakTable<RtpInboundStream, FrameTally> _heard = [];
    private RtpInboundStream? _lastHeard;
    private FrameTally? _lastTally;
    private int _selectedPairChanges;

    /// <summary>What the peer believes that the path carries, in bits per second (REMB), of the pair in use.</summary>
    private double? _estimatedBitrate;

    public void CollectStats(StatsCollection collection)
    {
        var at = collection.Timestamp;
        string? selected = null;
        long packetsSent = 0, packetsReceived = 0, bytesSent = 0, bytesReceived = 0;
        foreach (var pair in _ice.Pairs)
        {
            var id = $"CP{_transport.StatsId}_{pair.Id}";
            if (pair == _ice.SelectedPair)
            {
                selected = id;
            }

            packetsSent += pair.PacketsSent;
            packetsReceived += pair.PacketsReceived;
            bytesSent += pair.BytesSent;
            bytesReceived += pair.BytesReceived;
            collection.Add(new IceCandidatePairStats
            {
                Id = id,
                Timestamp = at,
                TransportId = _transport.StatsId,
                LocalCandidateId = AddCandidate(collection, pair.Local, isRemote: false),
                RemoteCandidateId = AddCandidate(collection, pair.Remote, isRemote: true),
                LastPacketSentTimestamp = collection.TimeOf(pair.LastPacketSentAt),
                LastPacketReceivedTimestamp = collection.TimeOf(pair.LastPacketReceivedAt),
                AvailableOutgoingBitrate = pair == _ice.SelectedPair ? _estimatedBitrate : null,
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
        }

        AddUnpaired(collection);
        var remoteCertificate = _dtls is null ? null : collection.AddChain([.. _dtls.RemoteCertificate]);
        var localCertificate = _dtls is null ? null : collection.AddCertificate(_dtls.LocalCertificate.Der.Span);
        collection.Complete(_transport, stats => stats with
        {
            PacketsSent = packetsSent,
            PacketsReceived = packetsReceived,
            BytesSent = bytesSent,
            BytesReceived = bytesReceived,
            SelectedCandidatePairId = selected,
            SelectedCandidatePairChanges = _selectedPairChanges,
            LocalCertificateId = localCertificate,
            RemoteCertificateId = remoteCertificate,
            TlsVersion = _dtls?.ProtocolVersion is null ? null : "FEFD",
            DtlsCipher = NameOf(_dtls?.CipherSuite),
            SrtpCipher = NameOf((Srtp.SrtpProfile?)_dtls?.SelectedSrtpProfile),
        });
        foreach (var (outbound, flow) in _senders)
        {
            collection.AddOutbound(_transport, flow, outbound);
        }

        foreach (var (inbound, flow) in _receivers)
        {
            foreach (var stream in inbound.Streams)
            {
                collection.AddInbound(_transport, flow, stream, _heard.TryGetValue(stream, out var tally) ? tally : null);
            }
        }

        AddEnded(collection);
    }

    /// <summary>
    /// "Later, RTCRtpTransceiver.stop() is called. The "outbound-rtp" objects still exist but their packet counters have frozen"
    /// (webrtc-stats §8.1): they go with the transceiver, which leaves the set once its stop has been negotiated.
    /// </summary>
    private void AddEnded(StatsCollection collection)
    {
        foreach (var flow in collection.Senders)
        {
            foreach (var (_, outbound, encoding) in flow.Ended.Where(ended => ended.Stack == this))
            {
                collection.AddOutbound(_transport, flow, outbound, encoding);
            }
        }

        foreach (var flow in collection.Receivers)
        {
            foreach (var (_, stream) in flow.Ended.Where(ended => ended.Stack == this))
            {
                collection.AddInbound(_transport, flow, stream, _heard.TryGetValue(stream, out var tally) ? tally : null);
            }
        }
    }

    private void CountFrame(RtpInboundStream stream, ReceivedFrame frame, Instant now)
    {
        if (stream != _lastHeard)
        {
            (_lastHeard, _lastTally) = (stream, _heard.GetOrCreateValue(stream));
        }

        var tally = _lastTally!;
        if (frame.CapturedAt is { } capturedAt)
        {
            tally.SetPlayout(capturedAt.ToDateTimeOffset(), now);
        }

        if (frame.Codec.Channels == 0)
        {
            tally.AddPicture(now, frame.Width, frame.Height);
            tally.AddAssembly(frame, now);
        }
        else
        {
            tally.AddDelay(
                now - frame.FirstArrivedAt,
                tally.AddSound(_receivers[stream.Inbound].FormatOf(frame.Codec), frame.Data.Span, frame.AudioLevel));
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
    private static string? NameOf(Srtp.SrtpProfile? profile) => profile switch
    {
        Srtp.SrtpProfile.Aes128CmHmacSha1With80BitTag => "SRTP_AES128_CM_HMAC_SHA1_80",
        Srtp.SrtpProfile.Aes128CmHmacSha1With32BitTag => "SRTP_AES128_CM_HMAC_SHA1_32",
        Srtp.SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        Srtp.SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        _ => null,
    };

    /// <summary>Candidates are in a report whether they are in a pair or not, once the application has seen them.</summary>
    private void AddUnpaired(StatsCollection collection)
    {
        foreach (var candidate in _ice.LocalCandidates.Where(candidate => collection.IsSurfaced(candidate.Address)))
        {
            AddCandidate(collection, candidate, isRemote: false);
        }

        foreach (var candidate in _ice.RemoteCandidates)
        {
            AddCandidate(collection, candidate, isRemote: true);
        }
    }

    private string AddCandidate(StatsCollection collection, Ice.IceCandidate candidate, bool isRemote)
    {
        var id = $"I{(isRemote ? 'R' : 'L')}{_transport.StatsId}_{candidate.Address}_{candidate.Type}";
        collection.Add(new IceCandidateStats
        {
            Id = id,
            Timestamp = collection.Timestamp,
            TransportId = _transport.StatsId,
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
}
