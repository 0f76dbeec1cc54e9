using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>Sections that are rejected: the lines browsers write in them, and what becomes of the others.</summary>
public class RejectedSectionTests
{
    private static readonly string[] TransportLines = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"];

    [Theory]
    [InlineData(BundlePolicy.Balanced)]
    [InlineData(BundlePolicy.MaxBundle)]
    public void Answer_TaggedSectionRejected_TheOthersOfItsGroupLiveOn(BundlePolicy policy)
    {
        var call = new CallWithMedia(new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = policy }));
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
            pair.Alice.CreateDataChannel("text");
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = WithoutCodecs(offer.Sdp) });
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            Assert.Contains("a=group:BUNDLE 1 2\r\n", answer.Sdp);
            Assert.Contains("m=audio 0 ", answer.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();

            var counter = new FrameCounter();
            using (pair.Bob.GetTransceivers().Single(each => each.Kind == MediaKind.Video).Receiver.Track.Attach(counter))
            {
                await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            }

            Assert.True(counter.Of(CallWithMedia.AliceVoice) > 40, $"{counter}");
            call.End();
        });
    }

    [Fact]
    public void Answer_RejectedSection_HasTheLinesOfTheTransport()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = WithoutCodecs(offer.Sdp) });
            var sections = Sections((await pair.Bob.CreateAnswerAsync()).Sdp);
            Assert.StartsWith("audio 0 ", sections[0]);
            Assert.Equal(LinesOfTransport(sections[1]), LinesOfTransport(sections[0]));
            Assert.Contains("a=inactive\r\n", sections[0]);
        });
    }

    [Fact]
    public void Offer_StoppedTransceiver_HasTheLinesOfTheTransport()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            var stopped = pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            stopped.Stop();
            var sections = Sections((await pair.Alice.CreateOfferAsync()).Sdp);
            Assert.StartsWith("video 0 ", sections[1]);
            Assert.Equal(LinesOfTransport(sections[0]), LinesOfTransport(sections[1]));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            sections = Sections(pair.Bob.LocalDescription!.Sdp);
            Assert.Equal(LinesOfTransport(sections[0]), LinesOfTransport(sections[1]));
        });
    }

    /// <summary>The offer of sound without a codec that could be answered.</summary>
    private static string WithoutCodecs(string sdp)
    {
        var only = sdp.Replace("SAVPF 111 63 0 8 13 110 126\r\n", "SAVPF 13\r\n", StringComparison.Ordinal);
        Assert.NotEqual(sdp, only);
        return only;
    }

    private static string[] Sections(string sdp) => sdp.Split("\r\nm=")[1..];

    private static string[] LinesOfTransport(string section)
    {
        string[] lines = [.. section.Split("\r\n").Where(line => TransportLines.Any(line.StartsWith))];
        Assert.Equal(TransportLines.Length, lines.Length);
        return lines;
    }
}
