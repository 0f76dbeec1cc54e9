using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// A provisional answer "MUST NOT result in the freeing of allocated resources" (RFC 9429 §4.1.10): the next one may say otherwise.
/// </summary>
public class ProvisionalAnswerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PranswerThatBundles_AnswerThatDoesNot_EachSectionHasItsOwnTransport(bool bundlesFirst)
    {
        var call = new CallWithMedia(NewPair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var answer = await OfferedAsync(call);
            var apart = answer with { Sdp = Apart(answer.Sdp) };
            var (first, last) = bundlesFirst ? (answer, apart) : (apart, answer);
            await pair.Alice.SetRemoteDescriptionAsync(first with { Type = SdpType.Pranswer });
            Assert.Equal(bundlesFirst ? 1 : 3, Transports(pair.Alice));
            await pair.Alice.SetRemoteDescriptionAsync(last with { Type = SdpType.Pranswer });
            Assert.Equal(bundlesFirst ? 3 : 1, Transports(pair.Alice));
            await pair.Alice.SetRemoteDescriptionAsync(first with { Type = SdpType.Pranswer });
            await pair.Alice.SetRemoteDescriptionAsync(last);
            Assert.Equal(bundlesFirst ? 3 : 1, Transports(pair.Alice));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            Assert.All(
                pair.Alice.GetSenders().Select(sender => sender.Transport!).Append(pair.Alice.SctpTransport!.Transport),
                transport => Assert.NotEqual(DtlsTransportState.Closed, transport.State));
            call.End();
        });
    }

    [Fact]
    public void PranswerApart_ThenAnswerBundled_MediaAndDataMoveToTheOneTransport()
    {
        var call = new CallWithMedia(NewPair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var answer = await OfferedAsync(call);

            // Bob bundles; to Alice it seems at first that only the first section is there.
            await pair.Alice.SetRemoteDescriptionAsync(answer with { Type = SdpType.Pranswer, Sdp = Apart(answer.Sdp) });
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();
            Assert.Equal(1, Transports(pair.Alice));
            await ExpectAllAsync(pair);
            call.End();
        });
    }

    [Theory]
    [InlineData("m=video ")]
    [InlineData("m=application ")]
    public void PranswerThatRejectsASection_AnswerThatAcceptsIt_Works(string section)
    {
        var call = new CallWithMedia(NewPair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var answer = await OfferedAsync(call);
            await pair.Alice.SetRemoteDescriptionAsync(answer with { Type = SdpType.Pranswer, Sdp = Without(answer.Sdp, section) });
            Assert.Equal(SignalingState.HaveRemotePranswer, pair.Alice.SignalingState);
            Assert.Equal(2, pair.Alice.GetTransceivers().Count);
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();
            Assert.All(
                pair.Alice.GetTransceivers(), transceiver => Assert.Equal(RtpTransceiverDirection.SendOnly, transceiver.CurrentDirection));
            await ExpectAllAsync(pair);
            call.End();
        });
    }

    [Fact]
    public void PranswerThatRejectsASection_AnswerThatRejectsItToo_EndsTheTransceiver()
    {
        var call = new CallWithMedia(NewPair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var answer = await OfferedAsync(call);
            var video = pair.Alice.GetTransceivers()[1];
            var without = answer with { Sdp = Without(answer.Sdp, "m=video ") };
            await pair.Alice.SetRemoteDescriptionAsync(without with { Type = SdpType.Pranswer });
            Assert.Equal(RtpTransceiverDirection.Inactive, video.CurrentDirection);
            await pair.Alice.SetRemoteDescriptionAsync(without);
            Assert.Equal(RtpTransceiverDirection.Stopped, video.CurrentDirection);
            Assert.Single(pair.Alice.GetTransceivers());
            call.End();
        });
    }

    [Fact]
    public void LocalPranswerWithoutACommonCodec_AnswerWithOne_AcceptsTheSection()
    {
        var call = new CallWithMedia(NewPair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var codecs = RtpReceiver.GetCapabilities(MediaKind.Video).Codecs;
            var video = pair.Alice.AddTransceiver(
                call.Track(CallWithMedia.AliceVoice, MediaKind.Video),
                new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
            video.SetCodecPreferences([codecs.First(codec => codec.MimeType == "video/VP8")]);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var mine = pair.Bob.GetTransceivers()[0];
            mine.SetCodecPreferences([codecs.First(codec => codec.MimeType == "video/H264")]);
            await pair.Bob.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Pranswer));
            Assert.Contains("m=video 0 ", pair.Bob.LocalDescription!.Sdp);
            mine.SetCodecPreferences([]);
            await pair.Bob.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Answer));
            Assert.DoesNotContain("m=video 0 ", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            var counter = new FrameCounter();
            mine.Receiver.Track.Attach(counter);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.InRange(counter.Of(CallWithMedia.AliceVoice), 35, 60);
            call.End();
        });
    }

    private static Pair NewPair() => new(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });

    /// <summary>Alice offers sound, pictures and data with a transport each; Bob's answer, which bundles all.</summary>
    private static async Task<SessionDescription> OfferedAsync(CallWithMedia call)
    {
        var pair = call.Pair;
        pair.TrickleBothWays();
        foreach (var kind in (MediaKind[])[MediaKind.Audio, MediaKind.Video])
        {
            pair.Alice.AddTransceiver(
                call.Track(CallWithMedia.AliceVoice, kind), new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
        }

        pair.Alice.CreateDataChannel("words");
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.GatheredAsync(pair.Bob);
        return pair.Bob.LocalDescription!;
    }

    private static async Task ExpectAllAsync(Pair pair)
    {
        var counters = pair.Bob.GetReceivers().Select(receiver =>
        {
            var counter = new FrameCounter();
            receiver.Track.Attach(counter);
            return counter;
        }).ToArray();
        var heard = new TaskCompletionSource<string>();
        pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => heard.TrySetResult(message.Text!);
        var channel = pair.Alice.CreateDataChannel("more");
        channel.Opened += (_, _) => channel.Send("hello");
        Assert.Equal("hello", await heard.Task);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.All(counters, counter => Assert.True(counter.Of(CallWithMedia.AliceVoice) >= 35, $"{counter}"));
    }

    private static int Transports(PeerConnection connection) =>
        connection.GetTransceivers().Select(transceiver => transceiver.Sender.Transport).Append(connection.SctpTransport?.Transport)
            .OfType<DtlsTransport>().Distinct().Count();

    private static string Apart(string sdp) =>
        string.Join("\r\n", sdp.Split("\r\n").Where(line => !line.StartsWith("a=group:BUNDLE", StringComparison.Ordinal)));

    private static string Without(string sdp, string section)
    {
        var sections = sdp.Split("\r\nm=");
        var index = Array.FindIndex(sections, text => $"m={text}".StartsWith(section, StringComparison.Ordinal));
        var mid = sections[index].Split("\r\n").First(line => line.StartsWith("a=mid:", StringComparison.Ordinal))[6..];
        sections[index] = System.Text.RegularExpressions.Regex.Replace(sections[index], "^([a-z]+) [0-9]+", "$1 0");
        sections[0] = System.Text.RegularExpressions.Regex.Replace(sections[0], $"(a=group:BUNDLE.*) {mid}(?= |\r|$)", "$1");
        return string.Join("\r\nm=", sections);
    }
}
