using System.Text.RegularExpressions;
using Parley.Dtls;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>A call handed from peer to peer by restarts of ICE, as the public web-platform-tests do it.</summary>
public class HandoverTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Handovers_WithoutWaiting_EachRetiredPeerClosingAtOnce_EndWithTheLast(bool restartsBetween)
    {
        var pair = new Pair();
        var call = new CallWithMedia(pair);
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(
                MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var counter = new FrameCounter();
            transceiver.Receiver.Track.Attach(counter);
            var peer = pair.Bob;
            for (var i = 0; i < 6; i++)
            {
                var next = i == 0 ? pair.Bob : Peer(pair, i);
                Pair.Trickle(pair.Alice, next);
                Pair.Trickle(next, pair.Alice);
                next.AddTrack(call.Track(i + 10));
                if (i > 0)
                {
                    if (restartsBetween)
                    {
                        pair.Alice.RestartIce();
                        await Pair.NegotiateAsync(pair.Alice, peer);
                    }

                    pair.Alice.RestartIce();
                }

                await Pair.NegotiateAsync(pair.Alice, next);
                if (i > 0)
                {
                    peer.Close();
                }

                peer = next;
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(i * 7));
            }

            await Pair.UntilAsync(peer, () => peer.ConnectionState == PeerConnectionState.Connected);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.True(counter.Of(15) > 40, $"{counter}");
            Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
            peer.Close();
            call.End();
        });
    }

    [Fact]
    public void Handover_ToAPeerWithAnotherCertificateThanItsAnswerSays_FailsAndEndsTheMediaOfBefore()
    {
        var pair = new Pair();
        var call = new CallWithMedia(pair);
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var transceiver = pair.Alice.AddTransceiver(
                MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var counter = new FrameCounter();
            transceiver.Receiver.Track.Attach(counter);
            pair.Bob.AddTrack(call.Track(CallWithMedia.BobVoice));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.BobVoice) > 30, $"{counter}");

            var next = Peer(pair, 1);
            next.AddTrack(call.Track(CallWithMedia.Music));
            Pair.Trickle(pair.Alice, next);
            Pair.Trickle(next, pair.Alice);
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            await next.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await next.SetLocalDescriptionAsync();
            var answer = next.LocalDescription!;
            await pair.Alice.SetRemoteDescriptionAsync(
                answer with
                {
                    Sdp = Regex.Replace(answer.Sdp, "a=fingerprint:[^\r]*", $"a=fingerprint:{TestCertificates.Carol.Fingerprints[0]}"),
                });
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
            Assert.Equal(DtlsTransportState.Failed, transceiver.Receiver.Transport!.State);
            var before = counter.Total;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(before, counter.Total);

            // And the next restart makes it good, also of a transport that has failed.
            var last = Peer(pair, 2);
            last.AddTrack(call.Track(CallWithMedia.AliceVoice));
            Pair.Trickle(pair.Alice, last);
            Pair.Trickle(last, pair.Alice);
            pair.Alice.RestartIce();
            await Pair.NegotiateAsync(pair.Alice, last);
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Connected);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.AliceVoice) > 30, $"{counter}");
            next.Close();
            last.Close();
            call.End();
        });
    }

    [Fact]
    public void Handover_OfACallThatIsNotBundled_MakesAnAssociationOnEachTransport()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        var call = new CallWithMedia(pair);
        pair.Run(async () =>
        {
            var counters = new List<FrameCounter>();
            foreach (var kind in (MediaKind[])[MediaKind.Audio, MediaKind.Video])
            {
                var transceiver = pair.Alice.AddTransceiver(kind, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
                counters.Add(new FrameCounter());
                transceiver.Receiver.Track.Attach(counters[^1]);
            }

            var next = Peer(pair, 1);
            foreach (var (peer, number) in ((PeerConnection, int)[])[(pair.Bob, 11), (next, 12)])
            {
                Pair.Trickle(pair.Alice, peer);
                Pair.Trickle(peer, pair.Alice);
                peer.AddTrack(call.Track(number));
                peer.AddTrack(call.Track(number, MediaKind.Video));
                pair.Alice.RestartIce();
                await pair.Alice.SetLocalDescriptionAsync();
                var offer = pair.Alice.LocalDescription!;
                await peer.SetRemoteDescriptionAsync(offer with { Sdp = Regex.Replace(offer.Sdp, "a=group:BUNDLE.*\r\n", "") });
                await peer.SetLocalDescriptionAsync();
                await pair.Alice.SetRemoteDescriptionAsync(peer.LocalDescription!);
                await Pair.UntilAsync(peer, () => peer.ConnectionState == PeerConnectionState.Connected);
                await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
                Assert.All(counters, counter => Assert.True(counter.Of(number) > 40, $"{counter}"));
            }

            var transports = pair.Alice.GetReceivers().Select(receiver => receiver.Transport!).ToArray();
            Assert.Equal(2, transports.Distinct().Count());
            Assert.All(transports, transport => Assert.Equal(DtlsTransportState.Connected, transport.State));
            next.Close();
            call.End();
        });
    }

    [Fact]
    public void Handover_ByAPeerThatAnsweredTheSameOfferOnce_Connects()
    {
        var pair = new Pair();
        var call = new CallWithMedia(pair);
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var transceiver = pair.Alice.AddTransceiver(
                MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var counter = new FrameCounter();
            transceiver.Receiver.Track.Attach(counter);
            var first = await pair.Alice.CreateOfferAsync();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);

            // The new peer learns the sections of the call, and throws that answer away.
            var next = Peer(pair, 1);
            next.AddTrack(call.Track(CallWithMedia.Music));
            await next.SetRemoteDescriptionAsync(first);
            await next.SetLocalDescriptionAsync();
            Pair.Trickle(pair.Alice, next);
            Pair.Trickle(next, pair.Alice);
            next.RestartIce();
            await next.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(next.LocalDescription!);
            await pair.Alice.SetLocalDescriptionAsync();
            await next.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await Pair.UntilAsync(next, () => next.ConnectionState == PeerConnectionState.Connected);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.Music) > 30, $"{counter}");
            next.Close();
            call.End();
        });
    }

    private static PeerConnection Peer(Pair pair, int number) => new(
        new PeerConnectionConfiguration
        {
            Certificates = [DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(365) })],
        },
        pair.Simulator.AddHost($"peer{number}", $"10.0.1.{number}").Platform,
        pair.Log);
}
