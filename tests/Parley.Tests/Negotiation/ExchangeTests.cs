using Parley.Media;

namespace Parley.Tests.Negotiation;

public class ExchangeTests
{
    [Fact]
    public void Exchange_AudioVideoAndData_EndsStableWithEqualMids()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s1"));
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            pair.Alice.CreateDataChannel("chat");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        });

        Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
        Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
        Assert.Equal(pair.Alice.GetTransceivers().Select(t => t.Mid), pair.Bob.GetTransceivers().Select(t => t.Mid));
        Assert.Equal(RtpTransceiverDirection.SendOnly, pair.Alice.GetTransceivers()[0].CurrentDirection);
        Assert.Equal(RtpTransceiverDirection.RecvOnly, pair.Bob.GetTransceivers()[0].CurrentDirection);
        Assert.Equal(RtpTransceiverDirection.Inactive, pair.Alice.GetTransceivers()[1].CurrentDirection);
        Assert.NotNull(pair.Alice.SctpTransport);
        Assert.NotNull(pair.Bob.SctpTransport);
    }

    [Fact]
    public void Offer_FirstOfAudioVideoAndData_HasTheLinesOfJsep()
    {
        var pair = new Pair();
        SessionDescription offer = null!;
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s1"));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video), new MediaStream("s1"));
            pair.Alice.CreateDataChannel("chat");
            offer = await pair.Alice.CreateOfferAsync();
        });

        Assert.Equal(SdpType.Offer, offer.Type);
        Assert.Contains("a=group:BUNDLE 0 1 2\r\n", offer.Sdp);
        Assert.Contains("a=setup:actpass\r\n", offer.Sdp);
        Assert.Contains("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", offer.Sdp);
        Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
        Assert.Null(pair.Alice.LocalDescription);
        TestContext.Current.SendDiagnosticMessage(offer.Sdp);
    }

    [Fact]
    public void Glare_RemoteOfferMeetsLocalOffer_RollsTheLocalOneBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var states = new List<SignalingState>();
            pair.Bob.SignalingStateChanged += (_, _) => states.Add(pair.Bob.SignalingState);
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(
                [SignalingState.HaveLocalOffer, SignalingState.Stable, SignalingState.HaveRemoteOffer, SignalingState.Stable], states);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
        });

        Assert.Equal(2, pair.Alice.GetTransceivers().Count);
        Assert.Equal(pair.Alice.GetTransceivers().Select(t => t.Mid), pair.Bob.GetTransceivers().OrderBy(t => t.Mid).Select(t => t.Mid));
    }

    [Fact]
    public void Hold_SendOnlyAndBack_MirrorsDirectionsAndMutes()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var alice = pair.Alice.AddTransceiver(
                new MediaStreamTrack(MediaKind.Audio), new RtpTransceiverInit { Streams = [new MediaStream("a")] });
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var bob = pair.Bob.GetTransceivers()[0];
            bob.Direction = RtpTransceiverDirection.SendRecv;
            await bob.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(RtpTransceiverDirection.SendRecv, alice.CurrentDirection);

            alice.Direction = RtpTransceiverDirection.SendOnly;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(RtpTransceiverDirection.SendOnly, alice.CurrentDirection);
            Assert.Equal(RtpTransceiverDirection.RecvOnly, bob.CurrentDirection);
            Assert.Equal(RtpTransceiverDirection.SendRecv, bob.Direction);

            alice.Direction = RtpTransceiverDirection.SendRecv;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(RtpTransceiverDirection.SendRecv, alice.CurrentDirection);
            Assert.Equal(RtpTransceiverDirection.SendRecv, bob.CurrentDirection);
        });
    }

    [Fact]
    public void NegotiationNeeded_TrackAddedWhileStable_FiresOnce()
    {
        var pair = new Pair();
        var fired = 0;
        pair.Run(async () =>
        {
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, fired);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, fired);
        });
    }

    [Fact]
    public void RemoteOffer_MalformedSdp_NamesTheLine()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var error = await Assert.ThrowsAsync<RtcError>(() =>
                pair.Alice.SetRemoteDescriptionAsync(
                    new SessionDescription(SdpType.Offer, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio x\r\n")));
            Assert.Equal(RtcErrorDetail.SdpSyntaxError, error.ErrorDetail);
            Assert.Equal(5, error.SdpLineNumber);
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
        });
    }
}
