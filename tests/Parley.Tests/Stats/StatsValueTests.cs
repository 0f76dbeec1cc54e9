using Parley.Dtls;
using Parley.Media;
using Parley.Tests.Configuration;

namespace Parley.Tests.Stats;

/// <summary>The values of statistics against what else is known of the same things.</summary>
public class StatsValueTests
{
    [Fact]
    public void Codecs_OfStreams_AreThoseNegotiated() => Run(async pair =>
    {
        var report = await pair.Alice.GetStatsAsync();
        var streams = report.OfType<RtpStreamStats>().ToArray();
        Assert.Equal(8, streams.Length);
        foreach (var stream in streams)
        {
            var codec = Assert.IsType<CodecStats>(report[stream.CodecId!]);
            var sender = pair.Alice.GetSenders().Single(candidate =>
                candidate.Track!.Kind == (stream.Kind == "audio" ? MediaKind.Audio : MediaKind.Video));
            var negotiated = sender.GetParameters().Codecs.Single(candidate => candidate.PayloadType == codec.PayloadType);
            Assert.Equal(
                (negotiated.MimeType, negotiated.ClockRate, negotiated.Channels, negotiated.SdpFmtpLine),
                (codec.MimeType, codec.ClockRate, codec.Channels, codec.SdpFmtpLine));
            Assert.Equal(stream.Kind == "audio" ? "audio/opus" : "video/VP8", codec.MimeType, ignoreCase: true);
            Assert.Equal(codec.TransportId, stream.TransportId);
        }

        // Each stream is named by its track, and what the peer says of it by the stream.
        foreach (var inbound in report.OfType<InboundRtpStreamStats>())
        {
            Assert.Contains(pair.Alice.GetReceivers(), receiver => receiver.Track.Id == inbound.TrackIdentifier);
            var remote = Assert.IsType<RemoteOutboundRtpStreamStats>(report[inbound.RemoteId!]);
            Assert.Equal((inbound.Id, inbound.Ssrc), (remote.LocalId, remote.Ssrc));
            Assert.InRange(remote.Timestamp - remote.RemoteTimestamp!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(6));
            Assert.InRange(remote.ReportsSent, 1, 20);
            Assert.Contains(pair.Alice.GetTransceivers(), transceiver => transceiver.Mid == inbound.Mid);
        }

        foreach (var outbound in report.OfType<OutboundRtpStreamStats>())
        {
            Assert.Equal(outbound.Id, Assert.IsType<RemoteInboundRtpStreamStats>(report[outbound.RemoteId!]).LocalId);
            var source = Assert.IsType<MediaSourceStats>(report[outbound.MediaSourceId!], exactMatch: false);
            Assert.Contains(pair.Alice.GetSenders(), sender => sender.Track!.Id == source.TrackIdentifier && source.Kind == outbound.Kind);
        }
    });

    [Fact]
    public void Certificates_OfBothSides_AreThoseOfTheTransport() => Run(async pair =>
    {
        var report = await pair.Alice.GetStatsAsync();
        var transport = Assert.Single(report.OfType<TransportStats>());
        foreach (var (id, certificate) in new[]
        {
            (transport.LocalCertificateId, TestCertificates.Alice), (transport.RemoteCertificateId, TestCertificates.Bob),
        })
        {
            var stats = Assert.IsType<CertificateStats>(report[id!]);
            Assert.Equal(certificate.Der.ToArray(), Convert.FromBase64String(stats.Base64Certificate));
            Assert.Contains(certificate.GetFingerprints(), fingerprint =>
                fingerprint.Algorithm == stats.FingerprintAlgorithm
                    && string.Equals(fingerprint.Value, stats.Fingerprint, StringComparison.OrdinalIgnoreCase));
            Assert.Null(stats.IssuerCertificateId);
        }
    });

    [Fact]
    public void Certificates_OfAChain_ReferToTheirIssuers()
    {
        var collection = new StatsCollection(TimeProvider.System, new StatsIds(new byte[16]), []);
        Assert.Null(collection.AddChain([]));
        collection.AddChain([TestCertificates.Alice.Der, TestCertificates.Bob.Der, TestCertificates.Carol.Der]);
        var report = collection.ToReport(null);
        var links = report.OfType<CertificateStats>().ToDictionary(stats => stats.Base64Certificate, stats =>
            stats.IssuerCertificateId is { } id ? ((CertificateStats)report[id]).Base64Certificate : null);
        string Text(DtlsCertificate certificate) => Convert.ToBase64String(certificate.Der.Span);
        Assert.Equal(
            (Text(TestCertificates.Bob), Text(TestCertificates.Carol), null),
            (links[Text(TestCertificates.Alice)], links[Text(TestCertificates.Bob)], links[Text(TestCertificates.Carol)]));
    }

    [Fact]
    public void LocalCandidates_Gathered_AreInTheReportAsTheApplicationSawThem()
    {
        const string url = "stun:10.0.9.9";
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer(url)] });
        _ = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        pair.Run(async () =>
        {
            var seen = new List<IceCandidate>();
            pair.Alice.IceCandidateGathered += (_, args) =>
            {
                if (args.Candidate is { Candidate.Length: > 0 } candidate)
                {
                    seen.Add(candidate);
                }
            };
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            var reported = (await pair.Alice.GetStatsAsync()).OfType<IceCandidateStats>().ToArray();
            Assert.All(reported, candidate => Assert.Equal(("local-candidate", "udp"), (candidate.Type, candidate.Protocol)));
            Assert.Equal(
                seen.Select(
                    candidate => (candidate.Address, (int?)candidate.Port, candidate.Type, candidate.Priority, candidate.Foundation,
                        candidate.Url, candidate.RelatedAddress, (int?)candidate.RelatedPort, candidate.UsernameFragment)).OrderBy(Key),
                reported.Select(
                    candidate => (candidate.Address, (int?)candidate.Port, (IceCandidateType?)candidate.CandidateType,
                        (uint?)candidate.Priority, (string?)candidate.Foundation, candidate.Url, candidate.RelatedAddress,
                        candidate.RelatedPort, candidate.UsernameFragment)).OrderBy(Key));
            Assert.Equal(url, Assert.Single(reported, candidate => candidate.CandidateType == IceCandidateType.ServerReflexive).Url);

            static string Key(
                (string? Address, int? Port, IceCandidateType? Type, uint?, string?, string?, string?, int?, string?) candidate) =>
                $"{candidate.Type}{candidate.Address}{candidate.Port}";
        });
    }

    [Fact]
    public void RemoteAddress_OnlySeenInChecks_IsNullUntilItIsSignaled()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            // Bob hears of Alice's candidates, and Alice of none of his.
            var kept = new List<IceCandidate>();
            pair.Bob.IceCandidateGathered += (_, args) =>
            {
                if (args.Candidate is { Candidate.Length: > 0 } candidate)
                {
                    kept.Add(candidate);
                }
            };
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var answer = await pair.Bob.CreateAnswerAsync();
            await pair.Bob.SetLocalDescriptionAsync(answer);
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();
            var hidden = (await pair.Alice.GetStatsAsync()).OfType<IceCandidateStats>().Where(candidate => candidate.IsRemote).ToArray();
            Assert.NotEmpty(hidden);
            Assert.All(hidden, candidate => Assert.Null(candidate.Address));
            Assert.All((await pair.Bob.GetStatsAsync()).OfType<IceCandidateStats>(), candidate =>
                Assert.Equal(candidate.IsRemote ? "10.0.0.1" : "10.0.0.2", candidate.Address));
            await pair.Alice.AddIceCandidateAsync(kept[0]);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.All((await pair.Alice.GetStatsAsync()).OfType<IceCandidateStats>(), candidate =>
                Assert.Equal(candidate.IsRemote ? "10.0.0.2" : "10.0.0.1", candidate.Address));
        });
    }

    [Fact]
    public void Losses_OverABadNetwork_AreCountedOnBothSides() => Run(
        async pair =>
        {
            var conditions = pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost).Conditions;
            pair.Simulator.Network.Link(
                pair.AliceHost, pair.BobHost).Conditions = conditions with { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(10) };
            await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
            pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost).Conditions = conditions;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(7));
            var sent = (await pair.Alice.GetStatsAsync()).OfType<OutboundRtpStreamStats>().Single(stats => stats.Kind == "video");
            var got = (await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == "video");
            Assert.InRange(got.NackCount, 50, 5000);
            Assert.InRange(sent.NackCount, got.NackCount * 8 / 10, got.NackCount);
            Assert.InRange(sent.RetransmittedPacketsSent, 50, 5000);
            Assert.InRange(got.RetransmittedPacketsReceived!.Value, sent.RetransmittedPacketsSent * 7 / 10, sent.RetransmittedPacketsSent);
            Assert.Equal(sent.RtxSsrc, got.RtxSsrc);
            Assert.NotEqual(sent.Ssrc, sent.RtxSsrc!.Value);
            Assert.InRange(got.RetransmittedBytesReceived!.Value, 1, sent.RetransmittedBytesSent);
            Assert.True(got.PliCount >= sent.PliCount);
            Assert.Equal((0, 0), (got.FirCount, sent.FirCount));
            Assert.InRange(got.HeaderBytesReceived, 12 * got.PacketsReceived, 60 * got.PacketsReceived);
            Assert.InRange(sent.HeaderBytesSent, 12 * sent.PacketsSent, 60 * sent.PacketsSent);

            // The pictures are of three packets each; a gap holds up what follows it until it is filled.
            Assert.Equal((got.FramesReceived, got.FramesReceived), (got.FramesAssembledFromMultiplePackets, got.JitterBufferEmittedCount));
            Assert.InRange(got.JitterBufferDelay!.Value / got.JitterBufferEmittedCount!.Value, 0.001, 0.5);
            Assert.InRange(got.TotalAssemblyTime!.Value / got.FramesAssembledFromMultiplePackets!.Value, 0.001, 0.5);
            Assert.True(got.TotalAssemblyTime <= got.JitterBufferDelay);
            Assert.InRange(sent.TotalPacketSendDelay / sent.PacketsSent, 0, 0.001);
            var sound = (await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == "audio");
            Assert.InRange(sound.PacketsLost, 20, 100);
            Assert.Equal((sound.PacketsReceived * 960, null), (sound.TotalSamplesReceived, sound.PliCount));
        });

    [Fact]
    public void Jitter_OfAnUnsteadyNetwork_IsMeasured() => Run(
        async pair =>
        {
            var link = pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost);
            var steady = (await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == "audio").Jitter;
            Assert.InRange(steady, 0, 0.001);
            link.Conditions = link.Conditions with { Jitter = TimeSpan.FromMilliseconds(30) };
            await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
            Assert.InRange((await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == "audio").Jitter,
                0.003, 0.06);
            Assert.InRange(
                (await pair.Alice.GetStatsAsync()).OfType<RemoteInboundRtpStreamStats>().Single(stats => stats.Kind == "audio").Jitter,
                0.003,
                0.06);
        });

    [Fact]
    public void QualityLimitation_OfPicturesLeftOut_IsBandwidthForAsLong() => Run(
        async pair =>
        {
            var sender = pair.Alice.GetSenders().Single(candidate => candidate.Track!.Kind == MediaKind.Video);
            var before = await VideoAsync();
            Assert.Equal(
                (QualityLimitationReason.None, 0.0),
                (before.QualityLimitationReason, before.QualityLimitationDurations![QualityLimitationReason.Bandwidth]));
            await SetAsync(50_000);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
            var during = await VideoAsync();
            var limited = during.QualityLimitationDurations![QualityLimitationReason.Bandwidth];
            Assert.InRange(limited, 5, 10.1);
            await SetAsync(null);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
            var after = await VideoAsync();
            Assert.Equal(QualityLimitationReason.None, after.QualityLimitationReason);
            Assert.InRange(after.QualityLimitationDurations![QualityLimitationReason.Bandwidth], limited, limited + 0.2);
            Assert.InRange(after.QualityLimitationDurations.Values.Sum() - before.QualityLimitationDurations.Values.Sum(), 19.9, 20.1);

            async Task<OutboundRtpStreamStats> VideoAsync() => (await sender.GetStatsAsync()).OfType<OutboundRtpStreamStats>().Single();

            Task SetAsync(uint? bitrate)
            {
                var parameters = sender.GetParameters();
                return sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { MaxBitrate = bitrate }] });
            }
        });

    [Fact]
    public void Pairs_WithTraffic_TellWhenItLastWentAndCame() => Run(async pair =>
    {
        var report = await pair.Alice.GetStatsAsync();
        var transport = Assert.Single(report.OfType<TransportStats>());
        var chosen = Assert.IsType<IceCandidatePairStats>(report[transport.SelectedCandidatePairId!]);
        Assert.True(chosen.Nominated);
        Assert.Equal("succeeded", chosen.State);
        Assert.All(new[] { chosen.LastPacketSentTimestamp, chosen.LastPacketReceivedTimestamp }, time =>
            Assert.InRange(chosen.Timestamp - time!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(50)));
        Assert.InRange(chosen.CurrentRoundTripTime!.Value, 0.0001, 1);
        Assert.InRange(chosen.TotalRoundTripTime, chosen.CurrentRoundTripTime.Value, chosen.ResponsesReceived);
        Assert.InRange(chosen.ResponsesReceived, 1, chosen.RequestsSent + chosen.ConsentRequestsSent);
        Assert.Equal(transport.BytesSent, report.OfType<IceCandidatePairStats>().Sum(each => each.BytesSent));
        Assert.InRange(
            transport.BytesSent,
            report.OfType<OutboundRtpStreamStats>().Sum(stream => stream.BytesSent + stream.HeaderBytesSent),
            long.MaxValue);
    });

    private static void Run(Func<Pair, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                var ended = false;
                foreach (var connection in new[] { pair.Alice, pair.Bob })
                {
                    connection.AddTrack(Feed(MediaKind.Audio));
                    connection.AddTrack(Feed(MediaKind.Video));
                }

                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.ConnectedAsync();
                await pair.Simulator.Delay(TimeSpan.FromSeconds(7));
                await scenario(pair);
                ended = true;
                pair.Alice.Close();
                pair.Bob.Close();

                MediaStreamTrack Feed(MediaKind kind) => FedTrack.Create(pair.Simulator, kind, pictureSize: 3000, () => ended);
            });
    }
}
