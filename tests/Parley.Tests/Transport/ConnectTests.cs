using Parley.Media;

namespace Parley.Tests.Transport;

public class ConnectTests
{
    [Fact]
    public void Connect_TrickledCandidates_PassesTheStatesInOrder()
    {
        var pair = new Pair();
        var states = new List<PeerConnectionState>();
        var ice = new List<IceConnectionState>();
        var gathering = new List<IceGatheringState>();
        pair.Alice.ConnectionStateChanged += (_, _) => states.Add(pair.Alice.ConnectionState);
        pair.Alice.IceConnectionStateChanged += (_, _) => ice.Add(pair.Alice.IceConnectionState);
        pair.Alice.IceGatheringStateChanged += (_, _) => gathering.Add(pair.Alice.IceGatheringState);
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
        });

        Assert.Equal([PeerConnectionState.Connecting, PeerConnectionState.Connected], states);
        Assert.Equal([IceConnectionState.Checking, IceConnectionState.Connected, IceConnectionState.Completed], ice);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], gathering);
        Assert.Equal(PeerConnectionState.Connected, pair.Bob.ConnectionState);
    }

    [Fact]
    public void Connect_AllCandidatesInTheDescriptions_Works()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            Assert.Contains("a=end-of-candidates", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
        });
    }

    [Fact]
    public void Media_FramesOfATrack_ArriveUnmutedWholeAndInOrder()
    {
        var pair = new Pair();
        var received = new List<byte>();
        var unmuted = 0;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Bob.TrackAdded += (_, args) =>
            {
                Assert.True(args.Track.IsMuted);
                args.Track.Unmuted += (_, _) => unmuted++;
                args.Track.Attach(new Collector(received));
            };
            var track = new MediaStreamTrack(MediaKind.Audio);
            pair.Alice.AddTrack(track, new MediaStream());
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            for (var i = 0; i < 50; i++)
            {
                track.Write(
                    new MediaFrame
                    {
                        Format = MediaFormat.Opus,
                        Data = new byte[] { (byte)i, 1, 2, 3 },
                        Timestamp = TimeSpan.FromMilliseconds(20 * i),
                    });
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
            }

            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(500));
        });

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), received);
        Assert.Equal(1, unmuted);
    }

    [Fact]
    public void Statistics_OfACallWithSound_CountWhatWentOverTheWire()
    {
        var pair = new Pair();
        StatsReport alice = null!, bob = null!;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var track = new MediaStreamTrack(MediaKind.Audio);
            pair.Alice.AddTrack(track, new MediaStream());
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            for (var i = 0; i < 200; i++)
            {
                track.Write(
                    new MediaFrame { Format = MediaFormat.Opus, Data = new byte[100], Timestamp = TimeSpan.FromMilliseconds(20 * i) });
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            alice = await pair.Alice.GetStatsAsync(track);
            bob = await pair.Bob.GetStatsAsync();
        });

        var outbound = Assert.Single(alice.OfType<OutboundRtpStreamStats>());
        var inbound = Assert.Single(bob.OfType<InboundRtpStreamStats>());
        Assert.Equal((200, 20_000), (outbound.PacketsSent, outbound.BytesSent));
        Assert.Equal((200, 20_000, 0), (inbound.PacketsReceived, inbound.BytesReceived, inbound.PacketsLost));
        Assert.Equal(outbound.Ssrc, inbound.Ssrc);
        var transport = Assert.IsType<TransportStats>(alice[outbound.TransportId!]);
        Assert.Equal(DtlsTransportState.Connected, transport.DtlsState);
        var chosen = Assert.IsType<IceCandidatePairStats>(alice[transport.SelectedCandidatePairId!]);
        Assert.True(chosen.Nominated);
        Assert.Equal("10.0.0.2", Assert.IsType<IceCandidateStats>(alice[chosen.RemoteCandidateId]).Address);
        var remote = Assert.IsType<RemoteInboundRtpStreamStats>(alice[outbound.RemoteId!]);
            // RFC 3550 §4 counts in 1/65536 s; which way it rounds depends on the clock's phase.
        Assert.InRange(remote.RoundTripTime!.Value, 0.002 - (1.0 / 65536), 0.01);
    }

    private sealed class Collector(List<byte> received) : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => received.Add(frame.Data.Span[0]);
    }
}
