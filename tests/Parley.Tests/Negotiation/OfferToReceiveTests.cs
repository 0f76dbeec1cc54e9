using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>webrtc-pc §4.4.3.3, "legacy configuration extensions".</summary>
public class OfferToReceiveTests
{
    private static readonly OfferOptions s_audio = new() { OfferToReceiveAudio = true };
    private static readonly OfferOptions s_noAudio = new() { OfferToReceiveAudio = false };

    [Fact]
    public void OfferToReceive_NothingThere_AddsReceivingTransceiversAudioFirst()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var offer = pair.Alice.CreateOfferAsync(new OfferOptions { OfferToReceiveVideo = true, OfferToReceiveAudio = true });
            Assert.Equal([MediaKind.Audio, MediaKind.Video], pair.Alice.GetTransceivers().Select(transceiver => transceiver.Kind));
            Assert.All(pair.Alice.GetTransceivers(), transceiver => Assert.Equal(RtpTransceiverDirection.RecvOnly, transceiver.Direction));
            Assert.Equal(2, (await offer).Sdp.Split("a=recvonly").Length - 1);
        });
    }

    [Fact]
    public void OfferToReceive_Twice_AddsOnce()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            await pair.Alice.CreateOfferAsync(s_audio);
            await pair.Alice.CreateOfferAsync(s_audio);
            Assert.Single(pair.Alice.GetTransceivers());
        });
    }

    [Theory]
    [InlineData(RtpTransceiverDirection.SendRecv, 1)]
    [InlineData(RtpTransceiverDirection.RecvOnly, 1)]
    [InlineData(RtpTransceiverDirection.SendOnly, 2)]
    [InlineData(RtpTransceiverDirection.Inactive, 2)]
    public void OfferToReceive_TransceiverThere_AddsOnlyIfItDoesNotReceive(RtpTransceiverDirection direction, int expected)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = direction });
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.CreateOfferAsync(s_audio);
            Assert.Equal(expected, pair.Alice.GetTransceivers().Count(transceiver => transceiver.Kind == MediaKind.Audio));
        });
    }

    [Theory]
    [InlineData(RtpTransceiverDirection.SendRecv, RtpTransceiverDirection.SendOnly)]
    [InlineData(RtpTransceiverDirection.RecvOnly, RtpTransceiverDirection.Inactive)]
    [InlineData(RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.SendOnly)]
    [InlineData(RtpTransceiverDirection.Inactive, RtpTransceiverDirection.Inactive)]
    public void OfferToReceive_False_TakesReceivingAway(RtpTransceiverDirection before, RtpTransceiverDirection after)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var audio = pair.Alice.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = before });
            var video = pair.Alice.AddTransceiver(MediaKind.Video);
            var offer = await pair.Alice.CreateOfferAsync(s_noAudio);
            Assert.Equal(after, audio.Direction);
            Assert.Equal(RtpTransceiverDirection.SendRecv, video.Direction);
            Assert.Contains($"a={after.ToString().ToLowerInvariant()}\r\n", offer.Sdp);
        });
    }

    [Fact]
    public void OfferToReceive_StoppedOne_IsNotCounted()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio).Stop();
            await pair.Alice.CreateOfferAsync(s_audio);
            Assert.Equal(RtpTransceiverDirection.RecvOnly, pair.Alice.GetTransceivers()[1].Direction);
        });
    }

    [Fact]
    public void OfferToReceive_ItsTransceiver_DoesNotAskForNegotiation()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var fired = 0;
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            await pair.Alice.CreateOfferAsync(s_audio);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, fired);
        });
    }

    [Fact]
    public void OfferToReceive_Closed_IsRefusedAndAddsNothing()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.Close();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.CreateOfferAsync(s_audio));
            Assert.Empty(pair.Alice.GetTransceivers());
        });
    }
}
