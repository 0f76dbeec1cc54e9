using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>What RFC 9429 §5.2 to §5.11 say of sections: refused, rejected, grouped, numbered.</summary>
public class SectionRuleTests
{
    [Theory]
    [InlineData("a=rtcp-mux\r\n", "a=rtcp-mux-only\r\n")]
    [InlineData("apt=96", "apt=77")]
    public void RemoteOffer_ThatContradictsItself_IsRefused(string text, string instead) => WithOffer(async (pair, offer) =>
    {
        Assert.Contains(text, offer.Sdp);
        await Refused.WithAsync(
            RtcErrorNames.InvalidAccessError,
            () =>
                pair.Bob.SetRemoteDescriptionAsync(
                    offer with { Sdp = offer.Sdp.Replace("a=rtcp-mux-only\r\n", "").Replace(text, instead) }));
    });

    [Theory]
    [InlineData("a=setup:actpass", "a=setup:sideways")]
    [InlineData("a=mid:0", "a=mid:0 0")]
    [InlineData("a=rtpmap:96 VP8/90000", "a=rtpmap:96")]
    [InlineData("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 zz:")]
    public void RemoteOffer_MalformedLine_NamesTheLine(string text, string instead) => WithOffer(async (pair, offer) =>
    {
        var sdp = offer.Sdp.Replace(text, instead);
        Assert.NotEqual(offer.Sdp, sdp);
        var error = await Assert.ThrowsAsync<RtcError>(() => pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = sdp }));
        Assert.Equal(RtcErrorDetail.SdpSyntaxError, error.ErrorDetail);
        Assert.StartsWith(instead, sdp.Split("\r\n")[error.SdpLineNumber!.Value - 1]);
    });

    [Theory]
    [InlineData("m=video 9 UDP/TLS/RTP/SAVPF", "m=video 9 UDP/QUIC/RTP")]
    [InlineData("m=video 9 UDP/TLS/RTP/SAVPF", "m=text 9 UDP/TLS/RTP/SAVPF")]
    public void RemoteOffer_UnknownKindOrProtocol_IsRejectedAndEchoed(string text, string instead) => WithOffer(async (pair, offer) =>
    {
        Assert.Contains(text, offer.Sdp);
        await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Replace(text, instead) });
        await pair.Bob.SetLocalDescriptionAsync();
        Assert.Contains(instead.Replace(" 9 ", " 0 "), pair.Bob.LocalDescription!.Sdp);
        Assert.Contains("a=group:BUNDLE 0\r\n", pair.Bob.LocalDescription!.Sdp);
        Assert.Single(pair.Bob.GetTransceivers());
    });

    [Theory]
    [InlineData("RTP/AVP")]
    [InlineData("RTP/SAVPF")]
    [InlineData("TCP/DTLS/RTP/SAVPF")]
    public void RemoteOffer_OtherNamesOfTheProfile_AreAcceptedAndEchoed(string profile) => WithOffer(async (pair, offer) =>
    {
        await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Replace("UDP/TLS/RTP/SAVPF", profile) });
        await pair.Bob.SetLocalDescriptionAsync();
        Assert.Contains($"m=audio 9 {profile} ", pair.Bob.LocalDescription!.Sdp);
    });

    [Theory]
    [InlineData(BundlePolicy.MaxCompat, 3)]
    [InlineData(BundlePolicy.Balanced, 2)]
    [InlineData(BundlePolicy.MaxBundle, 1)]
    public void Answer_ToAnOfferWithoutBundle_AcceptsWhatThePolicySays(BundlePolicy policy, int accepted)
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        var bob = new PeerConnection(
            new PeerConnectionConfiguration { BundlePolicy = policy, Certificates = [TestCertificates.Bob] }, pair.BobHost.Platform);
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            await bob.SetRemoteDescriptionAsync(WithoutBundle(pair.Alice.LocalDescription!));
            await bob.SetLocalDescriptionAsync();
            Assert.Equal(
                accepted, bob.LocalDescription!.Sdp.Split("\r\n").Count(line =>
                    line.StartsWith("m=", StringComparison.Ordinal) && !line.Contains(" 0 UDP", StringComparison.Ordinal)));
            bob.Close();
        });
    }

    [Fact]
    public void PeersThatDoNotBundle_SendMediaAndDataOnATransportEach()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        var call = new CallWithMedia(pair);
        pair.Run(async () =>
        {
            var sound = pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
            var picture = pair.Alice.AddTransceiver(call.Track(CallWithMedia.Music, MediaKind.Video));
            var channel = pair.Alice.CreateDataChannel("words");
            var heard = new TaskCompletionSource<string>();
            pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => heard.TrySetResult(message.Text!);
            channel.Opened += (_, _) => channel.Send("hello");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(WithoutBundle(pair.Alice.LocalDescription!));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            Assert.Equal("hello", await heard.Task);
            Assert.Equal(
                3, new[] { sound.Sender.Transport, picture.Sender.Transport, pair.Alice.SctpTransport!.Transport }.Distinct().Count());
            var counters = pair.Bob.GetTransceivers().Select(transceiver =>
            {
                var counter = new FrameCounter();
                transceiver.Receiver.Track.Attach(counter);
                return counter;
            }).ToArray();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.All(counters, counter => Assert.InRange(counter.Total, 35, 60));

            // A later offer asks again, and adds what is new.
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Contains("a=group:BUNDLE 0 1 2 3\r\n", pair.Alice.LocalDescription!.Sdp);
            call.End();
        });
    }

    [Fact]
    public void Offer_AfterAnAnswer_KeepsItsOrderOfCodecs()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var video = pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var codecs = RtpReceiver.GetCapabilities(MediaKind.Video).Codecs;
            pair.Bob.GetTransceivers()[0].SetCodecPreferences([codecs.First(codec => codec.MimeType == "video/H264")]);
            await pair.Bob.SetLocalDescriptionAsync();
            var answered = FirstFormat(pair.Bob.LocalDescription!.Sdp);
            Assert.NotEqual(FirstFormat(pair.Alice.LocalDescription!.Sdp), answered);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(answered, FirstFormat((await pair.Alice.CreateOfferAsync()).Sdp));
            Assert.NotNull(video.Mid);
        });

        static string FirstFormat(string sdp) =>
            sdp.Split("\r\n").First(line => line.StartsWith("m=video", StringComparison.Ordinal)).Split(' ')[3];
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a=msid:-\r\n", 0)]
    [InlineData("a=msid:- track\r\n", 0)]
    [InlineData("a=msid:one\r\na=msid:two\r\n", 2)]
    [InlineData("a=msid:one track\r\n", 1)]
    [InlineData("a=ssrc:7 msid:one track\r\n", 1)]
    public void RemoteOffer_MsidLines_GiveTheStreams(string lines, int streams) => WithOffer(async (pair, offer) =>
    {
        var seen = new List<int>();
        pair.Bob.TrackAdded += (_, args) => seen.Add(args.Streams.Count);
        await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = WithStreams(offer.Sdp, lines) });
        Assert.Equal([streams, streams], seen);
    });

    [Fact]
    public void RemoteOffer_NumberGivenToAnotherCodec_IsNotOfferedTwice() => WithOffer(async (pair, offer) =>
    {
        // Bob's own first offer, taken back, had VP8 as 96.
        pair.Bob.AddTransceiver(MediaKind.Video);
        await pair.Bob.CreateOfferAsync();
        await pair.Bob.SetRemoteDescriptionAsync(
            offer with
            {
                Sdp = offer.Sdp.Replace("VP8/90000", "AV7/90000").Replace(" 96 97 102", " 102 97 96").Replace(":102 ", ":tmp ")
                    .Replace(":96 ", ":102 ").Replace(":tmp ", ":96 ").Replace("apt=96", "apt=tmp").Replace("apt=102", "apt=96")
                    .Replace("apt=tmp", "apt=102"),
            });
        await pair.Bob.SetLocalDescriptionAsync();
        pair.Bob.AddTransceiver(MediaKind.Video);
        var again = await pair.Bob.CreateOfferAsync();
        foreach (var section in again.Sdp.Split("m=video").Skip(1))
        {
            var numbers = section.Split("\r\n").Where(line => line.StartsWith("a=rtpmap:", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[0]).ToArray();
            Assert.Equal(numbers.Distinct(), numbers);
        }
    });

    private static void WithOffer(Func<Pair, SessionDescription, Task> test)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            await test(pair, pair.Alice.LocalDescription!);
        });
    }

    /// <summary>The lines in each section, each with a track of its own.</summary>
    private static string WithStreams(string sdp, string lines)
    {
        var sections = 0;
        return Regex.Replace(
            Regex.Replace(sdp, "a=(ssrc:[0-9]+ )?msid:.*\r\n", ""),
            "a=rtcp-mux\r\n",
            match => match.Value + lines.Replace("track", $"track{sections++}"));
    }

    private static SessionDescription WithoutBundle(SessionDescription description) => description with
    {
        Sdp = string.Join(
            "\r\n",
            description.Sdp.Split("\r\n").Where(line => !line.StartsWith("a=group:", StringComparison.Ordinal) && line != "a=bundle-only")),
    };
}
