namespace Parley.Tests.Stats;

// webrtc-pc §8: ids, references and figures against what the simulated network counted.
public class StatsReportTests
{
    [Fact]
    public void Report_OfACall_RefersOnlyToItself_WithStableIdsAndTrueFigures()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(6));
            var first = await pair.Alice.GetStatsAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var second = await pair.Alice.GetStatsAsync();
            Assert.Equal(first.Keys.Order(), second.Keys.Order());
            Assert.All(second, entry => Assert.Equal(entry.Key, entry.Value.Id));

            var outbound = Assert.Single(second.OfType<OutboundRtpStreamStats>());
            var before = Assert.IsType<OutboundRtpStreamStats>(first[outbound.Id]);
            Assert.InRange(outbound.PacketsSent - before.PacketsSent, 49, 51);
            Assert.Equal((outbound.PacketsSent - before.PacketsSent) * 3, outbound.BytesSent - before.BytesSent);
            Assert.Equal("audio/opus", Assert.IsType<CodecStats>(second[outbound.CodecId!]).MimeType, ignoreCase: true);
            Assert.Equal(call.Alice.Sender.Track!.Id, Assert.IsType<AudioSourceStats>(second[outbound.MediaSourceId!]).TrackIdentifier);
            Assert.Equal(outbound.Id, Assert.IsType<RemoteInboundRtpStreamStats>(second[outbound.RemoteId!]).LocalId);

            var transport = Assert.IsType<TransportStats>(second[outbound.TransportId!]);
            Assert.Equal(("FEFD", "SRTP_AEAD_AES_128_GCM"), (transport.TlsVersion, transport.SrtpCipher));
            Assert.StartsWith("TLS_ECDHE_ECDSA_WITH_AES_", transport.DtlsCipher);
            var chosen = Assert.IsType<IceCandidatePairStats>(second[transport.SelectedCandidatePairId!]);
            Assert.Equal("10.0.0.2", Assert.IsType<IceCandidateStats>(second[chosen.RemoteCandidateId]).Address);
            Assert.NotEqual(transport.LocalCertificateId, transport.RemoteCertificateId);
            Assert.IsType<CertificateStats>(second[transport.RemoteCertificateId!]);
            call.End();
        });
    }

    [Fact]
    public void Selection_OfASenderOrReceiver_HoldsItsStreamsAndWhatTheyReferTo()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            var sent = await pair.Alice.GetStatsAsync(call.Alice.Sender.Track);
            var received = await call.Alice.Receiver.GetStatsAsync();
            Assert.Single(sent.OfType<OutboundRtpStreamStats>());
            Assert.Empty(sent.OfType<InboundRtpStreamStats>());
            Assert.Empty(sent.OfType<PeerConnectionStats>());
            Assert.Single(sent.OfType<TransportStats>());
            Assert.Single(received.OfType<InboundRtpStreamStats>());
            Assert.Empty(received.OfType<MediaSourceStats>());
            var unknown = await Assert.ThrowsAsync<RtcException>(() =>
                pair.Alice.GetStatsAsync(new Parley.Media.MediaStreamTrack(Parley.Media.MediaKind.Audio)));
            Assert.Equal(RtcErrorNames.InvalidAccessError, unknown.Name);
            call.End();
        });
    }

    [Fact]
    public void Ids_OfTwoConnections_HaveNothingInCommon()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("a");
            pair.Bob.CreateDataChannel("a");
            Assert.Empty((await pair.Alice.GetStatsAsync()).Keys.Intersect((await pair.Bob.GetStatsAsync()).Keys));
        });
    }
}
