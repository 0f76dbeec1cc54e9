using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>
/// The argument checks of addTransceiver, setParameters and setCodecPreferences (webrtc-pc §5.1, §5.2, §5.4), in the order of their steps.
/// </summary>
public class EncodingArgumentTests
{
    private static readonly RtpCodec Unknown = new() { MimeType = "video/unknown", ClockRate = 90_000 };

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("@Invalid!")]
    [InlineData("ä")]
    [InlineData("a;b")]
    public void AddTransceiver_RidOutsideTheGrammar_IsRefused(string rid) =>
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = rid }, new RtpEncodingParameters { Rid = "ok" }));

    [Fact]
    public void AddTransceiver_RidsMissingRepeatedOrTooLong_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "a" }, new RtpEncodingParameters()));
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "a" }, new RtpEncodingParameters { Rid = "a" }));
        Assert.Throws<ArgumentException>(() =>
            Add(new RtpEncodingParameters { Rid = new string('a', 256) }, new RtpEncodingParameters { Rid = "b" }));
        Assert.Equal(2, Add(new RtpEncodingParameters { Rid = new string('a', 255) }, new RtpEncodingParameters { Rid = "b-_9" }).Count);
    }

    [Fact]
    public void AddTransceiver_SeveralFaults_TheFirstStepDecides()
    {
        Assert.IsType<ArgumentException>(
            Record.Exception(() => Add(new RtpEncodingParameters { Rid = "!", Codec = Unknown, ScaleResolutionDownBy = 0.5 })));
        Refused.With(RtcErrorNames.OperationError, () => Add(new RtpEncodingParameters { Codec = Unknown, ScaleResolutionDownBy = 0.5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Add(new RtpEncodingParameters { ScaleResolutionDownBy = 0.99 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Add(new RtpEncodingParameters { MaxFramerate = 0 }));
        Assert.IsType<ArgumentException>(Record.Exception(() => Add(new RtpEncodingParameters { ScaleResolutionDownBy = double.NaN })));
    }

    [Fact]
    public void AddTransceiver_OnAClosedConnection_IsInvalidStateBeforeTheEncodingsAreLookedAt()
    {
        var pair = new Pair();
        pair.Alice.Close();
        Refused.With(RtcErrorNames.InvalidStateError, () =>
            pair.Alice.AddTransceiver(
                MediaKind.Video, new RtpTransceiverInit { SendEncodings = [new RtpEncodingParameters { Rid = "!" }] }));
        Assert.Throws<ArgumentException>(() => pair.Alice.AddTransceiver((MediaKind)7));
    }

    [Fact]
    public void AddTransceiver_Scales_DefaultToPowersOfTwoOrToOne()
    {
        Assert.Equal([4.0, 2.0, 1.0], Add(Rid("a"), Rid("b"), Rid("c")).Select(encoding => encoding.ScaleResolutionDownBy));
        Assert.Equal(
            [1.0, 3.0, 1.0],
            Add(Rid("a"), Rid("b") with { ScaleResolutionDownBy = 3 }, Rid("c")).Select(encoding => encoding.ScaleResolutionDownBy));
        Assert.Equal([1.0], Add(Rid("a")).Select(encoding => encoding.ScaleResolutionDownBy));
        Assert.Equal(
            [8.0, 4.0, 2.0, 1.0],
            Add(Rid("a"), Rid("b"), Rid("c"), Rid("d"), Rid("e"), Rid("f")).Select(encoding => encoding.ScaleResolutionDownBy));

        // Step 9 goes before the trimming of step 10.
        Assert.Equal(
            [1.0, 1.0, 1.0, 1.0], Add(Rid("a"), Rid("b"), Rid("c"), Rid("d"), Rid("e") with { ScaleResolutionDownBy = 2 })
                .Select(encoding => encoding.ScaleResolutionDownBy));
    }

    [Fact]
    public void AddTransceiver_OneEncoding_LosesItsRidAndKeepsTheRest()
    {
        var only = Assert.Single(Add(new RtpEncodingParameters { Rid = "a", Active = false, MaxBitrate = 5, MaxFramerate = 7 }));
        Assert.Equal(new RtpEncodingParameters { Active = false, MaxBitrate = 5, MaxFramerate = 7, ScaleResolutionDownBy = 1 }, only);
    }

    [Fact]
    public void AddTransceiver_Sound_HasOneEncodingWithoutPictures()
    {
        var encodings = new Pair().Alice.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit
        {
            SendEncodings = [Rid("a") with { ScaleResolutionDownBy = 0.1, MaxFramerate = -1, MaxBitrate = 64_000 }, Rid("b")],
        }).Sender.GetParameters().Encodings;
        Assert.Equal(new RtpEncodingParameters { MaxBitrate = 64_000 }, Assert.Single(encodings));
    }

    [Fact]
    public void SetParameters_Sound_IgnoresScaleAndFrameRate()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var parameters = sender.GetParameters();
            await sender.SetParametersAsync(
                parameters with { Encodings = [parameters.Encodings[0] with { ScaleResolutionDownBy = 0.1, MaxFramerate = -1 }] });
            Assert.Equal(new RtpEncodingParameters(), Assert.Single(sender.GetParameters().Encodings));
        });
    }

    [Fact]
    public void SetParameters_Faults_AreToldInTheOrderOfTheSteps()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { SendEncodings = [Rid("a"), Rid("b")] }).Sender;
            var parameters = sender.GetParameters();
            var (a, b) = (parameters.Encodings[0], parameters.Encodings[1]);
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => Set([b, a with { ScaleResolutionDownBy = 0 }]));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => Set([a with { Codec = Unknown, MaxFramerate = -1 }, b]));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Set([a with { MaxFramerate = -1 }, b]));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Set([a, b with { ScaleResolutionDownBy = 0.9 }]));
            await Set([a with { MaxFramerate = 0, ScaleResolutionDownBy = null }, b]);
            Assert.Equal(
                (0.0, 1.0), (sender.GetParameters().Encodings[0].MaxFramerate, sender.GetParameters().Encodings[0].ScaleResolutionDownBy));

            Task Set(IReadOnlyList<RtpEncodingParameters> encodings) =>
                sender.SetParametersAsync(parameters with { Encodings = encodings });
        });
    }

    [Fact]
    public void SetParameters_Codec_MayDifferFromTheNegotiatedOneInItsLevelOnly()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var codec = RtpSender.GetCapabilities(MediaKind.Video).Codecs.First(candidate =>
                candidate.SdpFmtpLine?.Contains("42e01f", StringComparison.Ordinal) == true);
            var parameters = sender.GetParameters();
            await sender.SetParametersAsync(
                With(parameters, codec with { SdpFmtpLine = "profile-level-id=42e034;packetization-mode=1;level-asymmetry-allowed=1" }));
            parameters = sender.GetParameters();
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                sender.SetParametersAsync(With(parameters, codec with { SdpFmtpLine = "profile-level-id=4d001f;packetization-mode=1" })));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                sender.SetParametersAsync(With(parameters, codec with { SdpFmtpLine = null })));

            static RtpSendParameters With(RtpSendParameters parameters, RtpCodec codec) =>
                parameters with { Encodings = [parameters.Encodings[0] with { Codec = codec }] };
        });
    }

    [Fact]
    public void Arguments_ThatAreNotOfTheirTypes_AreRefusedBeforeAnyStep()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Video);
            var parameters = transceiver.Sender.GetParameters();
            Assert.Throws<ArgumentException>(() => transceiver.Sender.SetStreams(null!, new MediaStream()));
            Assert.Throws<ArgumentException>(() => transceiver.SetCodecPreferences([null!]));
            Assert.Throws<ArgumentException>(() => pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video), [null!]));
            Assert.Null(transceiver.Sender.Track);
            pair.Alice.Close();
            var wrong = new RtpEncodingParameters { ScaleResolutionDownBy = double.PositiveInfinity };
            await Assert.ThrowsAsync<ArgumentException>(() =>
                transceiver.Sender.SetParametersAsync(parameters with { Encodings = [wrong] }));
            await Assert.ThrowsAsync<ArgumentException>(() =>
                transceiver.Sender.SetParametersAsync(parameters with { Encodings = [null!] }));
            Assert.Throws<ArgumentException>(() =>
                pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { SendEncodings = [wrong] }));
            Assert.Throws<ArgumentException>(() =>
                pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Streams = [null!] }));
        });
    }

    [Fact]
    public void SetParameters_OptionsOfAnotherNumber_AreRefusedAfterTheParameters()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var parameters = sender.GetParameters();
            var options = new RtpSetParameterOptions { EncodingOptions = [new RtpEncodingOptions(), new RtpEncodingOptions()] };
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () =>
                    sender.SetParametersAsync(
                        parameters with { Encodings = [parameters.Encodings[0] with { MaxFramerate = -1 }] }, options));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => sender.SetParametersAsync(parameters, options));
        });
    }

    [Fact]
    public void SetCodecPreferences_ParametersInAnotherOrderAndCase_AreOfferedAllTheSame()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var codec = RtpSender.GetCapabilities(MediaKind.Video).Codecs.Single(known =>
                known.SdpFmtpLine?.Contains("640c1f", StringComparison.Ordinal) == true);
            pair.Alice.AddTransceiver(MediaKind.Video).SetCodecPreferences(
                [codec with { MimeType = "VIDEO/h264", SdpFmtpLine = "packetization-mode=1; "
                    + "profile-level-id=640C1F;level-asymmetry-allowed=1" }]);
            var sdp = (await pair.Alice.CreateOfferAsync()).Sdp;
            Assert.Contains("profile-level-id=640c1f", sdp, StringComparison.Ordinal);
            Assert.DoesNotContain("VP8", sdp, StringComparison.Ordinal);
            Assert.DoesNotContain("42e01f", sdp, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void SetParameters_NotSettled_ADescriptionWaitsForIt()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var offer = await pair.Alice.CreateOfferAsync();
            var order = new List<string>();
            pair.Alice.SignalingStateChanged += (_, _) =>
                order.Add($"{pair.Alice.SignalingState} with {sender.GetParameters().Encodings[0].MaxBitrate}");
            var setting = pair.Alice.SetLocalDescriptionAsync(offer);
            var parameters = sender.GetParameters();
            var changing = sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { MaxBitrate = 77 }] });
            await setting;
            await changing;
            Assert.Equal(["HaveLocalOffer with 77"], order);
        });
    }

    [Fact]
    public void SetCodecPreferences_Duplicates_GoButTheFirst()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            var codecs = RtpSender.GetCapabilities(MediaKind.Audio).Codecs;
            var (opus, pcmu) =
                (codecs.Single(codec => codec.MimeType == "audio/opus"), codecs.Single(codec => codec.MimeType == "audio/PCMU"));
            transceiver.SetCodecPreferences(
                [pcmu, opus, opus with { MimeType = "AUDIO/OPUS", SdpFmtpLine = "useinbandfec=1; minptime=10" }, pcmu]);
            Assert.Contains("SAVPF 0 111\r\n", (await pair.Alice.CreateOfferAsync()).Sdp);
            Refused.With(RtcErrorNames.InvalidModificationError, () =>
                transceiver.SetCodecPreferences([opus with { SdpFmtpLine = "minptime=20;useinbandfec=1" }]));
            Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetCodecPreferences([opus with { Channels = 1 }]));
            Refused.With(
                RtcErrorNames.InvalidModificationError, () => transceiver.SetCodecPreferences([opus, opus with { ClockRate = 8_000 }]));
            Assert.Contains("SAVPF 0 111\r\n", (await pair.Alice.CreateOfferAsync()).Sdp);
        });
    }

    [Fact]
    public void Direction_ValuesThatCannotBeSet_AreRefused()
    {
        var pair = new Pair();
        var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
        Assert.Throws<ArgumentException>(() => transceiver.Direction = RtpTransceiverDirection.Stopped);
        Assert.Throws<ArgumentException>(() => transceiver.Direction = (RtpTransceiverDirection)42);
        Assert.Throws<ArgumentException>(() =>
            pair.Alice.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.Stopped }));
        transceiver.Stop();
        Refused.With(RtcErrorNames.InvalidStateError, () => transceiver.Direction = RtpTransceiverDirection.Stopped);
    }

    [Fact]
    public void JitterBufferTarget_OutsideZeroToFourThousand_IsRefused()
    {
        var receiver = new Pair().Alice.AddTransceiver(MediaKind.Audio).Receiver;
        Assert.Null(receiver.JitterBufferTarget);
        receiver.JitterBufferTarget = 0;
        receiver.JitterBufferTarget = 4000;
        Assert.Throws<ArgumentOutOfRangeException>(() => receiver.JitterBufferTarget = -0.1);
        Assert.Throws<ArgumentOutOfRangeException>(() => receiver.JitterBufferTarget = 4000.1);
        Assert.IsType<ArgumentException>(Record.Exception(() => receiver.JitterBufferTarget = double.NaN));
        Assert.Equal(4000, receiver.JitterBufferTarget);
        receiver.JitterBufferTarget = null;
        Assert.Null(receiver.JitterBufferTarget);
    }

    [Fact]
    public void ScaleResolutionDownTo_NotOnAllActiveEncodingsOrWithoutPixels_IsRefused()
    {
        var small = new RtpResolutionRestriction(160, 90);
        var (a, b) = (Rid("a") with { ScaleResolutionDownTo = small }, Rid("b"));
        Refused.With(RtcErrorNames.OperationError, () => Add(a, b));
        Refused.With(RtcErrorNames.OperationError, () => Add(a with { ScaleResolutionDownTo = new RtpResolutionRestriction(0, 90) }));
        Refused.With(RtcErrorNames.OperationError, () => Add(a with { ScaleResolutionDownTo = new RtpResolutionRestriction(160, 0) }));
        Assert.Equal([small, null], Add(a, b with { Active = false }).Select(encoding => encoding.ScaleResolutionDownTo));
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sound = pair.Alice.AddTransceiver(
                MediaKind.Audio,
                new RtpTransceiverInit { SendEncodings = [a with { ScaleResolutionDownTo = new RtpResolutionRestriction(0, 0) }] }).Sender;
            Assert.Null(sound.GetParameters().Encodings[0].ScaleResolutionDownTo);
            var sender = pair.Alice.AddTransceiver(
                MediaKind.Video, new RtpTransceiverInit { SendEncodings = [a, b with { Active = false }] }).Sender;
            var parameters = sender.GetParameters();
            var (first, second) = (parameters.Encodings[0], parameters.Encodings[1]);
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => Set([first, second with { Active = true }]));
            await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
                Set([first with { ScaleResolutionDownTo = new RtpResolutionRestriction(0, 1) }, second]));
            await Set([first, second with { Active = true, ScaleResolutionDownTo = new RtpResolutionRestriction(1, 1) }]);
            Assert.Equal(
                [small, new RtpResolutionRestriction(1, 1)],
                sender.GetParameters().Encodings.Select(encoding => encoding.ScaleResolutionDownTo));

            Task Set(IReadOnlyList<RtpEncodingParameters> encodings) =>
                sender.SetParametersAsync(parameters with { Encodings = encodings });
        });
    }

    private static RtpEncodingParameters Rid(string rid) => new() { Rid = rid };

    private static IReadOnlyList<RtpEncodingParameters> Add(params RtpEncodingParameters[] encodings) =>
        new Pair().Alice.AddTransceiver(
            MediaKind.Video, new RtpTransceiverInit { SendEncodings = encodings }).Sender.GetParameters().Encodings;
}
