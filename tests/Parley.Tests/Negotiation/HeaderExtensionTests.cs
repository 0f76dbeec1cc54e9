using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>webrtc-extensions, "RTP header extension control".</summary>
public class HeaderExtensionTests
{
    private const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
    private const string Level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    private const string CaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

    [Theory]
    [InlineData(MediaKind.Audio)]
    [InlineData(MediaKind.Video)]
    public void Transceiver_New_NegotiatesTheCapabilities_AndHasNegotiatedNone(MediaKind kind)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(kind);
            var wanted = transceiver.GetHeaderExtensionsToNegotiate();
            Assert.Equal(RtpSender.GetCapabilities(kind).HeaderExtensions, wanted);
            Assert.Equal(RtpTransceiverDirection.SendRecv, Of(wanted, Mid));
            Assert.Equal(RtpTransceiverDirection.Stopped, Of(wanted, CaptureTime));
            Assert.Empty(transceiver.GetNegotiatedHeaderExtensions());
            var offer = await pair.Alice.CreateOfferAsync();
            Assert.All(wanted, extension =>
                Assert.Equal(
                    extension.Direction != RtpTransceiverDirection.Stopped,
                    offer.Sdp.Contains($" {extension.Uri}\r\n", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Set_WhatIsNotAllowed_IsRefusedAndChangesNothing()
    {
        var transceiver = new Pair().Alice.AddTransceiver(MediaKind.Audio);
        var before = transceiver.GetHeaderExtensionsToNegotiate();
        Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetHeaderExtensionsToNegotiate([]));
        Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetHeaderExtensionsToNegotiate([.. before.Skip(1)]));
        Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetHeaderExtensionsToNegotiate([.. before, before[0]]));
        Refused.With(RtcErrorNames.InvalidModificationError, () => transceiver.SetHeaderExtensionsToNegotiate([.. before.Reverse()]));
        Refused.With(RtcErrorNames.InvalidModificationError, () =>
            transceiver.SetHeaderExtensionsToNegotiate([.. before.Select(extension => extension with { Uri = extension.Uri + "2" })]));
        foreach (var direction in Enum.GetValues<RtpTransceiverDirection>().Where(direction =>
            direction != RtpTransceiverDirection.SendRecv))
        {
            Refused.With(RtcErrorNames.InvalidModificationError, () => Set(transceiver, Mid, direction));
        }

        Assert.Throws<ArgumentException>(() => Set(transceiver, Level, (RtpTransceiverDirection)9));
        Assert.Throws<ArgumentException>(() => transceiver.SetHeaderExtensionsToNegotiate([null!]));
        Assert.Throws<ArgumentNullException>(() => transceiver.SetHeaderExtensionsToNegotiate(null!));
        Assert.Equal(before, transceiver.GetHeaderExtensionsToNegotiate());
    }

    [Fact]
    public void NewTransceiver_OfAKindThatIsThere_BeginsWithTheExtensionsOfTheFirstThatIsNotStopping()
    {
        var alice = new Pair().Alice;
        var first = alice.AddTransceiver(MediaKind.Audio);
        Set(first, Level, RtpTransceiverDirection.Stopped);
        Assert.Equal(RtpTransceiverDirection.Stopped, Of(alice.AddTransceiver(MediaKind.Audio).GetHeaderExtensionsToNegotiate(), Level));
        Assert.Equal(
            RtpSender.GetCapabilities(MediaKind.Video).HeaderExtensions,
            alice.AddTransceiver(MediaKind.Video).GetHeaderExtensionsToNegotiate());
        first.Stop();
        Set(
            alice.GetTransceivers().First(transceiver => transceiver.Kind == MediaKind.Audio && transceiver != first),
            Level,
            RtpTransceiverDirection.RecvOnly);
        Assert.Equal(RtpTransceiverDirection.RecvOnly, Of(alice.AddTransceiver(MediaKind.Audio).GetHeaderExtensionsToNegotiate(), Level));
    }

    /// <summary>
    /// Chromium (156) has bound the numbers of an offer that gives way, and refuses an offer that gives one of them to another extension in
    /// a section of that mid: so none of ours may be one that it gives to another, whatever was negotiated before.
    /// </summary>
    [Theory]
    [InlineData(false, "3 urn:3gpp:video-orientation|13 transport-wide-cc")]
    [InlineData(true, "3 transport-wide-cc|13 urn:3gpp:video-orientation")]
    public void Numbers_OfACrossingOfferAfterSound_AreNotThoseThatChromiumGivesToOthers(bool chromiumOfferedTheSound, string differing)
    {
        const string Always = "2 abs-send-time|4 sdes:mid|5 playout-delay|6 video-content-type|7 video-timing|8 color-space" +
            "|10 sdes:rtp-stream-id|11 sdes:repaired-rtp-stream-id|14 toffset";
        var pair = new Pair();
        pair.Run(async () =>
        {
            // What of sound both have.
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);

            var offerer = chromiumOfferedTheSound ? pair.Bob : pair.Alice;
            offerer.AddTransceiver(MediaKind.Video);
            var section = (await offerer.CreateOfferAsync()).Sdp.Split("\r\nm=")[2];
            var ours = section.Split("\r\n")
                .Where(line => line.StartsWith("a=extmap:", StringComparison.Ordinal))
                .Select(line => line[9..].Split(' '))
                .ToArray();
            Assert.NotEmpty(ours);
            foreach (var theirs in $"{Always}|{differing}".Split('|').Select(line => line.Split(' ')))
            {
                Assert.All(ours, each => Assert.True(
                    each[0] != theirs[0] || each[1].EndsWith(theirs[1], StringComparison.Ordinal),
                    $"{each[0]} is {each[1]} here, {theirs[1]} there"));
            }
        });
    }

    [Fact]
    public void Directions_OfferedAndAnswered_AreNegotiatedForEachSideAndKept()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var alice = pair.Alice.AddTransceiver(MediaKind.Audio);
            Set(alice, Level, RtpTransceiverDirection.SendOnly);
            Set(alice, CaptureTime, RtpTransceiverDirection.SendRecv);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Matches($"a=extmap:1/sendonly {Level}\r\n", pair.Alice.LocalDescription!.Sdp);
            Assert.Empty(alice.GetNegotiatedHeaderExtensions());
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var bob = pair.Bob.GetTransceivers()[0];
            bob.Direction = RtpTransceiverDirection.SendRecv;
            Assert.Empty(bob.GetNegotiatedHeaderExtensions());
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Matches($"a=extmap:1/recvonly {Level}\r\n", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);

            // Bob has not asked for the time of capture, and is not given it.
            Assert.DoesNotContain(CaptureTime, pair.Bob.LocalDescription!.Sdp);
            Expect(alice, RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.Stopped);
            Expect(bob, RtpTransceiverDirection.RecvOnly, RtpTransceiverDirection.Stopped);
            Assert.Contains(alice.Sender.GetParameters().HeaderExtensions, extension => extension is { Uri: Level, Id: 1 });
            Assert.DoesNotContain(alice.Receiver.GetParameters().HeaderExtensions, extension => extension.Uri == Level);
            Assert.DoesNotContain(bob.Sender.GetParameters().HeaderExtensions, extension => extension.Uri == Level);
            Assert.Contains(bob.Receiver.GetParameters().HeaderExtensions, extension => extension is { Uri: Level, Id: 1 });
            Assert.All(new[] { alice, bob }, side =>
                Assert.Contains(side.Receiver.GetParameters().HeaderExtensions, extension => extension.Uri == Mid));

            // "unless further calls [...] are done, subsequent offer/answer will not alter the list"
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Expect(alice, RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.Stopped);
            Expect(bob, RtpTransceiverDirection.RecvOnly, RtpTransceiverDirection.Stopped);

            // An offer that was made before a change is not the one that is set now.
            await pair.Bob.CreateOfferAsync();
            Set(bob, Level, RtpTransceiverDirection.SendRecv);
            Set(bob, CaptureTime, RtpTransceiverDirection.RecvOnly);
            Set(alice, Level, RtpTransceiverDirection.Stopped);
            Set(alice, CaptureTime, RtpTransceiverDirection.SendRecv);
            Assert.Equal(RtpTransceiverDirection.RecvOnly, Of(bob.GetNegotiatedHeaderExtensions(), Level));
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Matches($"a=extmap:[0-9]+/recvonly {CaptureTime}\r\n", pair.Bob.LocalDescription!.Sdp);
            Expect(bob, RtpTransceiverDirection.Stopped, RtpTransceiverDirection.RecvOnly);
            Expect(alice, RtpTransceiverDirection.Stopped, RtpTransceiverDirection.SendOnly);
        });
    }

    [Fact]
    public void Inactive_IsAnsweredAsInactive_AndUsedNeitherWay()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var alice = pair.Alice.AddTransceiver(MediaKind.Audio);
            Set(alice, Level, RtpTransceiverDirection.Inactive);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Matches($"a=extmap:1/inactive {Level}\r\n", pair.Bob.LocalDescription!.Sdp);
            Assert.Equal(RtpTransceiverDirection.Inactive, Of(pair.Bob.GetTransceivers()[0].GetNegotiatedHeaderExtensions(), Level));
            Assert.DoesNotContain(alice.Sender.GetParameters().HeaderExtensions, extension => extension.Uri == Level);
        });
    }

    private static void Expect(RtpTransceiver transceiver, RtpTransceiverDirection level, RtpTransceiverDirection captureTime)
    {
        var negotiated = transceiver.GetNegotiatedHeaderExtensions();
        Assert.Equal(
            (RtpTransceiverDirection.SendRecv, level, captureTime),
            (Of(negotiated, Mid), Of(negotiated, Level), Of(negotiated, CaptureTime)));
        Assert.Equal(negotiated, transceiver.GetHeaderExtensionsToNegotiate());
    }

    private static RtpTransceiverDirection Of(IEnumerable<RtpHeaderExtensionCapability> extensions, string uri) =>
        extensions.Single(extension => extension.Uri == uri).Direction;

    private static void Set(RtpTransceiver transceiver, string uri, RtpTransceiverDirection direction) =>
        transceiver.SetHeaderExtensionsToNegotiate(
            [.. transceiver.GetHeaderExtensionsToNegotiate().Select(extension =>
                extension.Uri == uri ? extension with { Direction = direction } : extension)]);
}
