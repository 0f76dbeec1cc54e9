using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

public class DescriptionTests
{
    [Fact]
    public void SetLocal_ModifiedText_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var offer = await pair.Alice.CreateOfferAsync();
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                pair.Alice.SetLocalDescriptionAsync(offer with { Sdp = offer.Sdp + "a=x\r\n" }));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            await pair.Alice.SetLocalDescriptionAsync(offer);
            Assert.Equal(SignalingState.HaveLocalOffer, pair.Alice.SignalingState);
        });
    }

    [Fact]
    public void SetLocal_OfferThatWasNotTheLast_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var stale = await pair.Alice.CreateOfferAsync();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.CreateOfferAsync();
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => pair.Alice.SetLocalDescriptionAsync(stale));
        });
    }

    [Fact]
    public void SetLocal_WithoutText_SetsWhatWasCreatedIfItStillHolds()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal(offer.Sdp, pair.Alice.PendingLocalDescription!.Sdp);
            await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
            offer = await pair.Alice.CreateOfferAsync();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Contains("m=video", pair.Alice.PendingLocalDescription!.Sdp);
        });
    }

    [Fact]
    public void Descriptions_InEachState_AreRefusedAsTheTableSays()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.CreateAnswerAsync());
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () =>
                pair.Alice.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Answer)));
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await Refused.WithAsync(
                RtcErrorNames.InvalidStateError, () => pair.Bob.SetRemoteDescriptionAsync(offer with { Type = SdpType.Answer }));
            await Refused.WithAsync(
                RtcErrorNames.InvalidStateError, () => pair.Bob.SetRemoteDescriptionAsync(offer with { Type = SdpType.Pranswer }));
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Bob.CreateOfferAsync());
            await Refused.WithAsync(
                RtcErrorNames.InvalidStateError, () => pair.Bob.SetRemoteDescriptionAsync(offer with { Type = SdpType.Answer }));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await Refused.WithAsync(
                RtcErrorNames.InvalidStateError, () => pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!));
        });
    }

    [Fact]
    public void Pranswer_ThenAnswer_PassesBothStatesAndConnects()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Pranswer));
            Assert.Equal(SignalingState.HaveLocalPranswer, pair.Bob.SignalingState);
            Assert.Equal(SdpType.Pranswer, pair.Bob.PendingLocalDescription!.Type);
            Assert.Null(pair.Bob.CurrentLocalDescription);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(SignalingState.HaveRemotePranswer, pair.Alice.SignalingState);
            await Refused.WithAsync(
                RtcErrorNames.InvalidStateError, () => pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback)));
            await pair.ConnectedAsync();
            await pair.Bob.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Answer));
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal((SignalingState.Stable, SignalingState.Stable), (pair.Alice.SignalingState, pair.Bob.SignalingState));
            Assert.Equal(SdpType.Answer, pair.Alice.CurrentRemoteDescription!.Type);
        });
    }

    [Fact]
    public void RemoteOffers_BackToBack_TheLastOneCounts()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Equal(SignalingState.HaveRemoteOffer, pair.Bob.SignalingState);
            Assert.Equal(["0", "1"], pair.Bob.GetTransceivers().Select(transceiver => transceiver.Mid));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(
                2, pair.Alice.GetTransceivers().Count(transceiver => transceiver.CurrentDirection == RtpTransceiverDirection.SendOnly));
        });
    }

    [Fact]
    public void RemoteOffer_WithFewerSectionsThanNegotiated_IsRefusedAndNothingChanges()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var sdp = pair.Alice.CurrentLocalDescription!.Sdp;
            var fewer = sdp[..sdp.IndexOf("m=video", StringComparison.Ordinal)].Replace("BUNDLE 0 1", "BUNDLE 0", StringComparison.Ordinal);
            await Refused.WithAsync(
                RtcErrorNames.InvalidAccessError, () => pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, fewer)));
            Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
        });
    }

    [Theory]
    [InlineData("a=rtcp-mux\r\n", "")]
    [InlineData("a=ice-ufrag:", "a=x-ufrag:")]
    [InlineData("a=ice-pwd:", "a=x-pwd:")]
    [InlineData("a=fingerprint:", "a=x-fingerprint:")]
    [InlineData("a=mid:1", "a=mid:0")]
    [InlineData("BUNDLE 0 1", "BUNDLE 0 1 2")]
    public void RemoteOffer_InvalidContent_IsRefusedAndTheConnectionStaysUsable(string text, string instead)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            Assert.Contains(text, offer.Sdp);
            await Refused.WithAsync(
                RtcErrorNames.InvalidAccessError,
                () => pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Replace(text, instead, StringComparison.Ordinal) }));
            Assert.Empty(pair.Bob.GetTransceivers());
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
        });
    }

    [Fact]
    public void RemoteAnswer_OfAnotherShape_IsRefusedAndTheRightOneStillWorks()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            foreach (var sdp in new[]
            {
                answer.Sdp.Replace("a=setup:active", "a=setup:actpass", StringComparison.Ordinal),
                answer.Sdp.Replace("m=audio", "m=video", StringComparison.Ordinal),
                answer.Sdp[..answer.Sdp.IndexOf("m=", StringComparison.Ordinal)].Replace(
                    "a=group:BUNDLE 0\r\n", "", StringComparison.Ordinal),
                answer.Sdp.Replace(
                    "a=mid:0", "a=mid:7", StringComparison.Ordinal).Replace("BUNDLE 0", "BUNDLE 7", StringComparison.Ordinal),
            })
            {
                Assert.NotEqual(answer.Sdp, sdp);
                await Refused.WithAsync(
                    RtcErrorNames.InvalidAccessError, () => pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = sdp }));
                Assert.Equal(SignalingState.HaveLocalOffer, pair.Alice.SignalingState);
            }

            await pair.Alice.SetRemoteDescriptionAsync(answer);
        });
    }

    [Fact]
    public void RemoteOffer_WithoutBundle_HasATransportForEachSectionAndConnects()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            var offer = WithoutBundle(pair.Alice.LocalDescription!);
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            Assert.DoesNotContain("a=group", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            Assert.Equal(2, pair.Alice.GetSenders().Select(sender => sender.Transport).Distinct().Count());
            Assert.Equal(2, pair.Bob.GetReceivers().Select(receiver => receiver.Transport).Distinct().Count());
        });
    }

    [Fact]
    public void Answer_SectionWithoutACommonCodec_IsRejectedAndBothSidesComeToRest()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var fired = 0;
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with { Sdp = Regex.Replace(offer.Sdp, "(VP8|VP9|AV1|H264)/90000", "X-$1/90000") });
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Contains("m=video 0 ", pair.Bob.LocalDescription!.Sdp);
            pair.Bob.NegotiationNeeded += (_, _) => fired++;
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(50));
            Assert.Empty(pair.Alice.GetTransceivers());
            Assert.Empty(pair.Bob.GetTransceivers());
            Assert.Equal(0, fired);
        });
    }

    private static SessionDescription WithoutBundle(SessionDescription description) => description with
    {
        Sdp = string.Join(
            "\r\n", description.Sdp.Split("\r\n").Where(line =>
                !line.StartsWith("a=group:BUNDLE", StringComparison.Ordinal) && line != "a=bundle-only")),
    };
}
