using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>What answers may not say, what AddTrack makes of a transceiver, and what outlives a rollback.</summary>
public class LetterTests
{
    [Theory]
    [InlineData("recvonly", "recvonly")]
    [InlineData("sendonly", "sendrecv")]
    [InlineData("sendonly", "sendonly")]
    [InlineData("recvonly", "sendrecv")]
    [InlineData("inactive", "sendonly")]
    public void Answer_OfAnImpossibleDirection_IsRefused(string offered, string answered) => Exchange(offered, async (pair, answer) =>
    {
        await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () =>
            pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = WithDirection(answer.Sdp, answered) }));
        await pair.Alice.SetRemoteDescriptionAsync(answer);
    });

    [Fact]
    public void LaterAnswer_InWhichAnExtensionIdChangesHands_IsRefused() => Exchange("sendrecv", async (pair, answer) =>
    {
        // In a first answer an id that was only offered may be given to something else.
        var changed = (string sdp) =>
            Regex.Replace(sdp, "a=extmap:(\\d+) urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=extmap:$1 urn:other");
        Assert.NotEqual(answer.Sdp, changed(answer.Sdp));
        await pair.Alice.SetRemoteDescriptionAsync(answer);
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        var second = pair.Bob.LocalDescription!;
        await Refused.WithAsync(
            RtcErrorNames.InvalidAccessError, () => pair.Alice.SetRemoteDescriptionAsync(second with { Sdp = changed(second.Sdp) }));
        await pair.Alice.SetRemoteDescriptionAsync(second);
    });

    [Theory]
    [InlineData(64)]
    [InlineData(72)]
    [InlineData(95)]
    public void PayloadType_ThatClashesWithRtcp_IsRefused(int number) => Exchange("sendrecv", async (pair, answer) =>
    {
        var sdp = answer.Sdp.Replace(
            "SAVPF 111 ", $"SAVPF {number} ").Replace(":111 ", $":{number} ").Replace("111/111", $"{number}/{number}");
        await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = sdp }));
        await pair.Alice.SetRemoteDescriptionAsync(answer);
    });

    [Fact]
    public void TwoSections_OfOneMsidPair_AreRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            var offer = await pair.Alice.CreateOfferAsync();
            foreach (var stream in (string[])["s", "-"])
            {
                await Refused.WithAsync(
                    RtcErrorNames.InvalidAccessError,
                    () =>
                        pair.Bob.SetRemoteDescriptionAsync(
                            offer with { Sdp = Regex.Replace(offer.Sdp, "a=msid:[^\r]*", $"a=msid:{stream} t") }));
            }

            // The same stream, each with a track of its own; and no track at all.
            await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = Regex.Replace(offer.Sdp, "a=msid:[^\r]*", "a=msid:s") });
        });
    }

    [Fact]
    public void FidGroup_WrittenTwice_CountsOnceAndMediaFlows()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var counter = new FrameCounter();
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice, MediaKind.Video));
            pair.Bob.TrackAdded += (_, args) => args.Track.Attach(counter);
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = Regex.Replace(offer.Sdp, "a=ssrc-group:FID[^\n]*\n", "$0$0") });
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.AliceVoice) > 20, $"{counter}");
            call.End();
        });
    }

    [Theory]
    [InlineData(17)]
    [InlineData(255)]
    public void Mid_AsLongAsAnExtensionHolds_CarriesMedia(int length)
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Bob.AddTrack(call.Track(CallWithMedia.BobVoice));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            var mid = new string('x', length);
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with { Sdp = offer.Sdp.Replace("a=mid:0", $"a=mid:{mid}").Replace("BUNDLE 0", $"BUNDLE {mid}") });
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(
                pair.Bob.LocalDescription! with { Sdp = pair.Bob.LocalDescription!.Sdp.Replace(mid, "0") });
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.Equal(PeerConnectionState.Connected, pair.Bob.ConnectionState);
            await Refused.WithAsync(
                "OperationError",
                () =>
                    pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Replace("a=mid:0", $"a=mid:{new string('x', 256)}") }));
            call.End();
        });
    }

    [Fact]
    public void AddTrack_IntoATransceiverThatWasAdded_TakesUpNoSectionOfAnOffer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Bob.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            Assert.Single(pair.Bob.GetTransceivers());
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Bob.SetRemoteDescriptionAsync(await pair.Alice.CreateOfferAsync());
            Assert.Equal([null, "0"], pair.Bob.GetTransceivers().Select(transceiver => transceiver.Mid));
        });
    }

    [Fact]
    public void Rollback_OfATransceiverThatAddTrackTookOver_LeavesItWithoutRidsAndForTheNextOffer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video);
            var offer = await pair.Alice.CreateOfferAsync();
            var simulcast = offer with
            {
                Sdp = offer.Sdp.Replace("a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rid:f recv\r\na=rid:h recv\r\na=simulcast:recv f;h\r\n"),
            };
            await pair.Bob.SetRemoteDescriptionAsync(simulcast);
            var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            Assert.Equal(["f", "h"], sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
            Assert.Equal([null], sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            Assert.Equal("0", Assert.Single(pair.Bob.GetTransceivers()).Mid);
        });
    }

    [Fact]
    public void Simulcast_NarrowedToTheSecondRid_KeepsTheSecond()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(With(offer, "a=rid:f recv\r\na=rid:h recv\r\na=simulcast:recv f;h\r\n"));
            var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(With(pair.Alice.LocalDescription!, "a=rid:h recv\r\na=simulcast:recv h\r\n"));
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Contains("a=simulcast:send h\r\n", pair.Bob.LocalDescription!.Sdp);
            Assert.Equal(["h"], sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        });

        static SessionDescription With(SessionDescription offer, string lines) =>
            offer with { Sdp = offer.Sdp.Replace("a=rtcp-mux\r\n", $"a=rtcp-mux\r\n{lines}") };
    }

    [Fact]
    public void Answer_MadeBeforeARollback_MayBeSetWhenTheSameOfferComesAgain()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var counter = new FrameCounter();
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
            pair.Alice.AddTransceiver(MediaKind.Video);
            pair.Alice.CreateDataChannel("d");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            var answer = await pair.Bob.CreateAnswerAsync();
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
            pair.Bob.TrackAdded += (_, args) => args.Track.Attach(counter);
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync(answer);
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.AliceVoice) > 20, $"{counter}");
            call.End();
        });
    }

    [Fact]
    public void Format_ThatOnlyTheAnswerLists_IsSent() => Exchange("sendrecv", async (pair, answer) =>
    {
        var sdp = Regex.Replace(answer.Sdp, "m=audio 9 UDP/TLS/RTP/SAVPF [^\r]*", "m=audio 9 UDP/TLS/RTP/SAVPF 0");
        await pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = sdp });
        Assert.Equal(["audio/PCMU"], pair.Alice.GetSenders()[0].GetParameters().Codecs.Select(codec => codec.MimeType));
    }, preferOpus: true);

    private static void Exchange(string direction, Func<Pair, SessionDescription, Task> test, bool preferOpus = false)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            transceiver.Direction = Enum.Parse<RtpTransceiverDirection>(direction, ignoreCase: true);
            if (preferOpus)
            {
                transceiver.SetCodecPreferences([RtpSender.GetCapabilities(MediaKind.Audio).Codecs[0]]);
            }

            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await test(pair, pair.Bob.LocalDescription!);
        });
    }

    private static string WithDirection(string sdp, string direction) =>
        Regex.Replace(sdp, "a=(sendrecv|sendonly|recvonly|inactive)\r", $"a={direction}\r");
}
