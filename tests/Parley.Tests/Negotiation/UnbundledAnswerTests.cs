using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Answers without the BUNDLE group, or with a part of it, although all sections of the offer have the same credentials (RFC 8843 §7.3.2).
/// </summary>
public class UnbundledAnswerTests
{
    [Theory]
    [InlineData(BundlePolicy.Balanced, "")]
    [InlineData(BundlePolicy.MaxCompat, "")]
    [InlineData(BundlePolicy.Balanced, "a=group:BUNDLE 0 1\r\n")]
    [InlineData(BundlePolicy.MaxCompat, "a=group:BUNDLE 1 2\r\n")]
    public void Answer_WithoutTheWholeGroup_HasATransportForEachSectionAndConnects(BundlePolicy policy, string group)
    {
        var call = new CallWithMedia(new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = policy }));
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var transports = group.Length == 0 ? 4 : 3;
            var bob = new PeerConnection(
                new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat, Certificates = [TestCertificates.Carol] },
                pair.Simulator.AddHost("carol", "10.0.0.3").Platform,
                pair.Log);
            Pair.Trickle(pair.Alice, bob);
            Pair.Trickle(bob, pair.Alice);
            var channel = Offer(call);
            var counters = Count(bob);
            var opened = new TaskCompletionSource();
            channel.Opened += (_, _) => opened.TrySetResult();
            await pair.Alice.SetLocalDescriptionAsync();
            await bob.SetRemoteDescriptionAsync(Grouped(pair.Alice.LocalDescription!, group));
            await bob.SetLocalDescriptionAsync();
            Assert.DoesNotContain("m=video 0", bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Connected);
            await Pair.UntilAsync(bob, () => bob.ConnectionState == PeerConnectionState.Connected);
            await opened.Task;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.Equal((transports, transports), (Transports(pair.Alice), Transports(bob)));
            Assert.All(counters, counter => Assert.True(counter.Of(CallWithMedia.AliceVoice) > 40, $"{counter}"));

            // The next offer still has one pair of credentials.
            Assert.Single(
                Regex.Matches(
                    (await pair.Alice.CreateOfferAsync()).Sdp, "a=ice-ufrag:(.*)\r").Select(match => match.Groups[1].Value).Distinct());
            bob.Close();
            call.End();
        });
    }

    [Fact]
    public void ProvisionalAnswer_WithoutTheGroup_ThenAnAnswerWithIt_EndsOnOneTransport()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            Offer(call);
            var counters = Count(pair.Bob);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var provisional = Grouped(pair.Bob.LocalDescription!, "") with { Type = SdpType.Pranswer };
            await pair.Alice.SetRemoteDescriptionAsync(provisional);
            Assert.Equal(4, Transports(pair.Alice));
            await pair.Alice.SetRemoteDescriptionAsync(provisional);
            Assert.Equal(4, Transports(pair.Alice));
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            Assert.Equal(1, Transports(pair.Alice));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.All(counters, counter => Assert.True(counter.Of(CallWithMedia.AliceVoice) > 40, $"{counter}"));
            call.End();
        });
    }

    [Fact]
    public void Answer_WithoutTheGroup_IsRefusedWithMaxBundleAndOnceTheGroupIsEstablished()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxBundle });
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await RefuseThenAcceptAsync(pair.Alice, pair.Bob);
        });

        pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await RefuseThenAcceptAsync(pair.Alice, pair.Bob);
        });
    }

    private static async Task RefuseThenAcceptAsync(PeerConnection from, PeerConnection to)
    {
        await from.SetLocalDescriptionAsync();
        await to.SetRemoteDescriptionAsync(from.LocalDescription!);
        await to.SetLocalDescriptionAsync();
        await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => from.SetRemoteDescriptionAsync(Grouped(to.LocalDescription!, "")));
        await from.SetRemoteDescriptionAsync(to.LocalDescription!);
    }

    private static DataChannel Offer(CallWithMedia call)
    {
        var alice = call.Pair.Alice;
        alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
        alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
        alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
        return alice.CreateDataChannel("words");
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

    private static SessionDescription Grouped(SessionDescription description, string group) =>
        description with { Sdp = Regex.Replace(description.Sdp, "a=group:BUNDLE.*\r\n", group) };
}
