using Parley.Media;

namespace Parley.Tests;

/// <summary>Members that no other test looks at for themselves.</summary>
public class SurfaceTests
{
    [Fact]
    public void EventArguments_Made_HoldWhatTheyWereMadeOf()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            var stream = new MediaStream("stream");
            var track = new TrackEventArgs(transceiver, [stream]);
            Assert.Same(transceiver, track.Transceiver);
            Assert.Same(transceiver.Receiver, track.Receiver);
            Assert.Same(transceiver.Receiver.Track, track.Track);
            Assert.Equal([stream], track.Streams);
            var channel = pair.Alice.CreateDataChannel("label");
            Assert.Same(channel, new DataChannelEventArgs(channel).Channel);
            var error = new RtcError(RtcErrorDetail.SctpFailure, "broken") { SctpCauseCode = 12 };
            Assert.Same(error, new ErrorEventArgs(error).Error);
            Assert.Equal(
                (RtcErrorNames.OperationError, RtcErrorDetail.SctpFailure, 12),
                (error.Name, error.ErrorDetail, error.SctpCauseCode!.Value));
            Assert.Equal((null, null, null), (error.SdpLineNumber, error.ReceivedAlert, error.SentAlert));
            Assert.Equal("5", new DtmfToneChangeEventArgs("5").Tone);
            var refused = new IceCandidateErrorEventArgs { Url = "stun:stun.example", ErrorCode = 701, ErrorText = "unreachable" };
            Assert.Equal(
                ("stun:stun.example", 701, "unreachable", null), (refused.Url, refused.ErrorCode, refused.ErrorText, refused.Address));
            await Task.CompletedTask;
        });
    }

    [Fact]
    public void Parameters_AfterNegotiation_NameCodecsExtensionsAndRtcp()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTransceiver(MediaKind.Audio).Sender;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var sent = sender.GetParameters();
            Assert.False(string.IsNullOrEmpty(sent.Rtcp.Cname));
            Assert.True(sent.Rtcp.ReducedSize);
            Assert.NotEmpty(sent.HeaderExtensions);
            Assert.All(sent.HeaderExtensions, extension => Assert.False(extension.Encrypted));
            Assert.Equal(sent.HeaderExtensions.Count, sent.HeaderExtensions.Select(extension => extension.Uri).Distinct().Count());
            Assert.Equal(sent.HeaderExtensions.Count, sent.HeaderExtensions.Select(extension => extension.Id).Distinct().Count());
            var opus = sent.Codecs.Single(codec => codec.MimeType == "audio/opus");
            Assert.Equal((48_000, 2), (opus.ClockRate, opus.Channels));
            Assert.Contains("useinbandfec=1", opus.SdpFmtpLine);
            Assert.InRange(opus.PayloadType, 0, 127);
            Assert.True(sent.Encodings[0].Active);
        });
    }

    [Theory]
    [InlineData(MediaKind.Audio, "audio/opus")]
    [InlineData(MediaKind.Video, "video/VP8")]
    public void Capabilities_OfEachKind_NameItsCodecsAndExtensions(MediaKind kind, string codec)
    {
        foreach (var capabilities in new[] { RtpSender.GetCapabilities(kind), RtpReceiver.GetCapabilities(kind) })
        {
            Assert.Contains(capabilities.Codecs, known => known.MimeType == codec);
            Assert.Contains(capabilities.HeaderExtensions, extension => extension.Uri == "urn:ietf:params:rtp-hdrext:sdes:mid");
        }
    }
}
