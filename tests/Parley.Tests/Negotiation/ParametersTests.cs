using Parley.Media;

namespace Parley.Tests.Negotiation;

public class ParametersTests
{
    [Fact]
    public void SetParameters_RightAfterGet_ChangesTheEncodings()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var parameters = sender.GetParameters();
            Assert.Same(parameters, sender.GetParameters());
            await sender.SetParametersAsync(
                parameters with { Encodings = [parameters.Encodings[0] with { MaxBitrate = 500_000, ScaleResolutionDownBy = 2 }] });
            Assert.Equal(500_000u, sender.GetParameters().Encodings[0].MaxBitrate);
            Assert.NotEqual(parameters.TransactionId, sender.GetParameters().TransactionId);
        });
    }

    [Fact]
    public void SetParameters_Stale_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var parameters = sender.GetParameters();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => sender.SetParametersAsync(parameters));
            sender.GetParameters();
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => sender.SetParametersAsync(parameters));
        });
    }

    [Fact]
    public void SetParameters_ReadOnlyMembersOrBadValues_AreRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var parameters = sender.GetParameters();
            var encoding = parameters.Encodings[0];
            await Refused.WithAsync(
                RtcErrorNames.InvalidModificationError, () => sender.SetParametersAsync(parameters with { Encodings = [] }));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                sender.SetParametersAsync(parameters with { Encodings = [encoding, encoding] }));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                sender.SetParametersAsync(parameters with { Encodings = [encoding with { Rid = "r" }] }));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                sender.SetParametersAsync(parameters with { Rtcp = new RtcpParameters("other", false) }));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
                sender.SetParametersAsync(parameters with { Encodings = [encoding with { ScaleResolutionDownBy = 0.9 }] }));
            sender.Transceiver.Stop();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => sender.SetParametersAsync(parameters));
        });
    }

    [Fact]
    public void Preferences_OrderOfTheOfferAndOfTheAnswer_FollowsThem()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var codecs = RtpSender.GetCapabilities(MediaKind.Audio).Codecs;
            var pcma = codecs.Single(codec => codec.MimeType == "audio/PCMA");
            var opus = codecs.Single(codec => codec.MimeType == "audio/opus");
            var alice = pair.Alice.AddTransceiver(MediaKind.Audio);
            alice.SetCodecPreferences([pcma, opus]);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Matches("m=audio [0-9]+ UDP/TLS/RTP/SAVPF 8 111\r\n", pair.Alice.LocalDescription!.Sdp);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var bob = pair.Bob.GetTransceivers()[0];
            bob.SetCodecPreferences([opus, pcma]);
            bob.Direction = RtpTransceiverDirection.SendRecv;
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Matches("m=audio [0-9]+ UDP/TLS/RTP/SAVPF 111 8\r\n", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(["audio/opus", "audio/PCMA"], alice.Sender.GetParameters().Codecs.Select(codec => codec.MimeType));
        });
    }

    [Fact]
    public void Preferences_UnknownOrOnlyAuxiliaryCodecs_AreRefused()
    {
        var pair = new Pair();
        var transceiver = pair.Alice.AddTransceiver(MediaKind.Video);
        var rtx = RtpSender.GetCapabilities(MediaKind.Video).Codecs.Single(codec => codec.MimeType == "video/rtx");
        Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetCodecPreferences([rtx]));
        Refused.With(RtcErrorNames.InvalidModificationError, () =>
            transceiver.SetCodecPreferences([new RtpCodec { MimeType = "video/unknown", ClockRate = 90_000 }]));
        Refused.With(RtcErrorNames.InvalidModificationError, () =>
            transceiver.SetCodecPreferences([RtpSender.GetCapabilities(MediaKind.Audio).Codecs[0]]));
        transceiver.SetCodecPreferences([]);
    }

    [Fact]
    public void Preferences_WithoutRtx_LeaveItOut()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var vp8 = RtpSender.GetCapabilities(MediaKind.Video).Codecs.Single(codec => codec.MimeType == "video/VP8");
            pair.Alice.AddTransceiver(MediaKind.Video).SetCodecPreferences([vp8]);
            var offer = await pair.Alice.CreateOfferAsync();
            Assert.Contains("SAVPF 96\r\n", offer.Sdp);
            Assert.DoesNotContain("rtx", offer.Sdp);
        });
    }
}
