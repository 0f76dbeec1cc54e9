using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>Bundle policies in each pair of roles (RFC 9429 §4.1.1), and a section that leaves its bundle (RFC 8843 §7.5.3).</summary>
public class BundleTests
{
    public static TheoryData<BundlePolicy, BundlePolicy> Policies => new(
        from offerer in Enum.GetValues<BundlePolicy>()
        from answerer in Enum.GetValues<BundlePolicy>()
        select (offerer, answerer));

    [Theory]
    [MemberData(nameof(Policies))]
    public void Policies_InEachPairOfRoles_EndOnOneTransportWithEverythingFlowing(BundlePolicy offerer, BundlePolicy answerer)
    {
        var call = new CallWithMedia(new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = offerer }));
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var bob = new PeerConnection(new PeerConnectionConfiguration { BundlePolicy = answerer, Certificates = [TestCertificates.Bob] },
                pair.BobHost.Platform, pair.Log);
            Pair.Trickle(pair.Alice, bob);
            Pair.Trickle(bob, pair.Alice);
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
            var channel = pair.Alice.CreateDataChannel("words");
            var counters = Count(bob);
            var offer = await pair.Alice.CreateOfferAsync();
            Assert.Single(Regex.Matches(offer.Sdp, "a=ice-ufrag:(.*)\r").Select(match => match.Groups[1].Value).Distinct());
            await Pair.NegotiateAsync(pair.Alice, bob);
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Connected);
            Assert.Equal((1, 1), (Transports(pair.Alice), Transports(bob)));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.All(counters, counter => Assert.True(counter.Of(CallWithMedia.AliceVoice) > 40, $"{counter}"));
            Assert.Equal(DataChannelState.Open, channel.ReadyState);

            // And with the roles changed.
            bob.AddTransceiver(call.Track(CallWithMedia.BobVoice));
            var back = Count(pair.Alice);
            await Pair.NegotiateAsync(bob, pair.Alice);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.Equal((1, 1), (Transports(pair.Alice), Transports(bob)));
            Assert.True(back.Last().Of(CallWithMedia.BobVoice) > 40, $"{back.Last()}");
            bob.Close();
            call.End();
        });
    }

    [Fact]
    public void ReOffer_InWhichASectionLeavesItsBundle_GivesItATransportOfItsOwn()
    {
        var call = new CallWithMedia(new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat }));
        var pair = call.Pair;
        pair.Run(async () =>
        {
            // Alice and Bob bundle sound, pictures and data.
            pair.TrickleBothWays();
            Offer(call, pair.Alice);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            Assert.Equal(1, Transports(pair.Bob));
            var shared = pair.Bob.GetReceivers()[0].Transport;

            // Carol takes Alice's place with a restart, in the same sections, and has not heard of bundles.
            var carol = new PeerConnection(
                new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat, Certificates = [TestCertificates.Carol] },
                pair.Simulator.AddHost("carol", "10.0.0.3").Platform,
                pair.Log);
            Pair.Trickle(carol, pair.Bob);
            Pair.Trickle(pair.Bob, carol);
            Offer(call, carol);
            var counters = pair.Bob.GetReceivers().Select(receiver =>
            {
                var counter = new FrameCounter();
                receiver.Track.Attach(counter);
                return counter;
            }).ToArray();
            await carol.SetLocalDescriptionAsync();
            var offer = carol.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = Regex.Replace(offer.Sdp, "a=group:BUNDLE.*\r\n", "") });
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.DoesNotContain("a=group:BUNDLE", pair.Bob.LocalDescription!.Sdp);
            await carol.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await Pair.UntilAsync(carol, () => carol.ConnectionState == PeerConnectionState.Connected);
            await Pair.UntilAsync(pair.Bob, () => pair.Bob.ConnectionState == PeerConnectionState.Connected);
            Assert.Equal((3, 3), (Transports(pair.Bob), Transports(carol)));
            Assert.Same(shared, pair.Bob.GetReceivers()[0].Transport);
            var before = counters.Select(counter => counter.Total).ToArray();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            for (var i = 0; i < counters.Length; i++)
            {
                Assert.True(counters[i].Total - before[i] > 40, $"section {i}: {counters[i]}");
            }

            var opened = new TaskCompletionSource();
            carol.CreateDataChannel("more").Opened += (_, _) => opened.TrySetResult();
            await opened.Task;

            // And all come back onto one.
            await Pair.NegotiateAsync(carol, pair.Bob);
            Assert.Equal((1, 1), (Transports(pair.Bob), Transports(carol)));
            before = [.. counters.Select(counter => counter.Total)];
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            for (var i = 0; i < counters.Length; i++)
            {
                Assert.True(counters[i].Total - before[i] > 40, $"section {i}: {counters[i]}");
            }

            carol.Close();
            call.End();
        });
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public void Fingerprints_OfStrongerHashes_AreWhatTheHandshakeIsJudgedBy(int hash, bool isRight)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(
                With(pair.Alice.LocalDescription!, $"a=fingerprint:{TestCertificates.Alice.Fingerprints[hash]}"));
            await pair.Bob.SetLocalDescriptionAsync();

            // The strongest decides (RFC 8122 §5.1), whatever the weaker beside it says.
            var certificate = isRight ? TestCertificates.Bob : TestCertificates.Carol;
            var weaker = isRight ? TestCertificates.Carol : TestCertificates.Bob;
            await pair.Alice.SetRemoteDescriptionAsync(
                With(
                    pair.Bob.LocalDescription!,
                    $"a=fingerprint:{weaker.Fingerprints[0]}\r\na=fingerprint:"
                    + $"{certificate.Fingerprints[hash].ToString().ToLowerInvariant()}"));
            await Pair.UntilAsync(
                pair.Alice, () => pair.Alice.ConnectionState == (isRight ? PeerConnectionState.Connected : PeerConnectionState.Failed));
            Assert.Equal(isRight ? DtlsTransportState.Connected : DtlsTransportState.Failed, pair.Alice.GetSenders()[0].Transport!.State);
        });

        static SessionDescription With(SessionDescription description, string lines) =>
            description with { Sdp = Regex.Replace(description.Sdp, "a=fingerprint:[^\r]*", lines) };
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LiteRemote_ThisSideControlsWhoeverOffers(bool liteOffers)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var (from, to) = liteOffers ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
            from.AddTransceiver(MediaKind.Audio);
            await from.SetLocalDescriptionAsync();
            await to.SetRemoteDescriptionAsync(liteOffers ? Lite(from.LocalDescription!) : from.LocalDescription!);
            await to.SetLocalDescriptionAsync();
            await from.SetRemoteDescriptionAsync(liteOffers ? to.LocalDescription! : Lite(to.LocalDescription!));
            var ice = pair.Bob.GetTransceivers()[0].Sender.Transport!.IceTransport;
            Assert.Equal(IceRole.Controlling, ice.Role);
            await pair.ConnectedAsync();
            Assert.DoesNotContain("a=ice-lite", pair.Bob.LocalDescription!.Sdp);
            Assert.Contains("a=ice-lite\r\n", pair.Bob.RemoteDescription!.Sdp);
        });

        static SessionDescription Lite(SessionDescription description) =>
            description with { Sdp = description.Sdp.Replace("a=msid-semantic", "a=ice-lite\r\na=msid-semantic") };
    }

    private static void Offer(CallWithMedia call, PeerConnection connection)
    {
        connection.AddTransceiver(
            call.Track(CallWithMedia.AliceVoice), new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
        connection.AddTransceiver(
            call.Track(CallWithMedia.AliceVoice, MediaKind.Video), new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
        connection.CreateDataChannel("words");
    }

    private static List<FrameCounter> Count(PeerConnection connection)
    {
        var counters = new List<FrameCounter>();
        connection.TrackAdded += (_, args) =>
        {
            counters.Add(new FrameCounter());
            args.Track.Attach(counters[^1]);
        };
        return counters;
    }

    private static int Transports(PeerConnection connection) =>
        connection.GetTransceivers().Select(transceiver => transceiver.Sender.Transport).Append(connection.SctpTransport?.Transport)
            .OfType<DtlsTransport>().Distinct().Count();
}
