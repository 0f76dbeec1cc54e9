using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>webrtc-pc §5.4.1; RFC 8851, RFC 8852, RFC 8853.</summary>
public class SimulcastTests
{
    private static readonly string[] Rids = ["q", "h", "f"];

    [Fact]
    public void Renditions_ThreeEncodings_ArriveEachByItsRid() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync();
        Assert.Equal(Rids, bob.Receiver.Encodings.Select(encoding => encoding.Rid));
        var counters = bob.Receiver.Encodings.Select(encoding =>
        {
            var counter = new FrameCounter();
            encoding.Track.Attach(counter);
            return counter;
        }).ToArray();
        var shown = new FrameCounter();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        bob.Receiver.Track.Attach(shown);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        for (var i = 0; i < Rids.Length; i++)
        {
            Assert.True(counters[i].Of(i + 1) >= 50 && counters[i].Total == counters[i].Of(i + 1), $"{Rids[i]}: {counters[i]}");
            Assert.False(bob.Receiver.Encodings[i].Track.IsMuted);
        }

        // The receiver's own track has the best.
        Assert.True(shown.Of(3) >= 25 && shown.Total == shown.Of(3), $"{shown}");
        var sent = (await alice.Sender.GetStatsAsync()).Values.OfType<OutboundRtpStreamStats>().ToArray();
        Assert.Equal(Rids, sent.Select(stream => stream.Rid));
        Assert.Equal(3, sent.Select(stream => stream.Ssrc).Distinct().Count());
    });

    [Fact]
    public void Loss_OfAnEncoding_IsRepairedByItsOwnRetransmissions() => Run(async (pair, scene) =>
    {
        var (_, bob) = await scene.CallAsync();
        var link = pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost);
        link.Conditions = link.Conditions with { Loss = 0.05 };
        await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
        var received = (await bob.Receiver.GetStatsAsync()).Values.OfType<InboundRtpStreamStats>().ToArray();
        Assert.Equal(Rids.Order(), received.Select(stream => stream.Rid).Order());
        Assert.All(received, stream =>
            Assert.True(stream.RetransmittedPacketsReceived > 5, $"{stream.Rid}: {stream.RetransmittedPacketsReceived}"));
    });

    [Fact]
    public void SetParameters_ActiveFalse_StopsThatEncodingAloneAndTrueBeginsWithAKeyFrame() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync();
        await scene.SetActiveAsync(alice, "h", false);
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(200));
        Assert.Equal((true, false, true), await scene.ArrivesAsync(bob));
        Assert.False(bob.Receiver.Encodings[1].Track.IsMuted);
        var asked = scene.Asked["h"];
        await scene.SetActiveAsync(alice, "h", true);
        Assert.Equal((true, true, true), await scene.ArrivesAsync(bob));
        Assert.True(scene.Asked["h"] > asked);
    });

    [Fact]
    public void Track_OfTheReceiver_GoesOnWithAnotherEncodingWhenTheBestIsPaused() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync();
        await scene.SetActiveAsync(alice, "f", false);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        var shown = new FrameCounter();
        bob.Receiver.Track.Attach(shown);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.True(shown.Total >= 25 && (shown.Of(1) == shown.Total || shown.Of(2) == shown.Total), $"{shown}");
    });

    [Fact]
    public void KeyFrame_AskedForOneEncoding_ReachesThatRendition() => Run(async (pair, scene) =>
    {
        var (_, bob) = await scene.CallAsync();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var before = scene.Asked.ToDictionary();
        bob.Receiver.Encodings[0].Track.RequestKeyFrame();
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Equal((before["q"] + 1, before["h"], before["f"]), (scene.Asked["q"], scene.Asked["h"], scene.Asked["f"]));
    });

    [Fact]
    public void SetParameters_KeyFrameOption_AsksForThatEncodingOnly() => Run(async (pair, scene) =>
    {
        var (alice, _) = await scene.CallAsync();
        var before = scene.Asked.ToDictionary();
        var parameters = alice.Sender.GetParameters();
        await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () =>
            alice.Sender.SetParametersAsync(parameters, new RtpSetParameterOptions { EncodingOptions = [new RtpEncodingOptions()] }));
        await alice.Sender.SetParametersAsync(
            parameters, new RtpSetParameterOptions { EncodingOptions = [new(), new() { KeyFrame = true }, new()] });
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
        Assert.Equal((before["q"], before["h"] + 1, before["f"]), (scene.Asked["q"], scene.Asked["h"], scene.Asked["f"]));
    });

    [Fact]
    public void Answer_ThatTakesTwoOfThree_LeavesTwo() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync(answer =>
            answer.Replace("a=rid:h recv\r\n", "", StringComparison.Ordinal).Replace("recv q;h;f", "recv q;f", StringComparison.Ordinal));
        Assert.Equal(["q", "f"], alice.Sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        Assert.Equal([4, 1], alice.Sender.GetParameters().Encodings.Select(encoding => encoding.ScaleResolutionDownBy!.Value));
        Assert.Equal((true, false, true), await scene.ArrivesAsync(bob));
        Assert.Contains("a=simulcast:send q;f\r\n", (await pair.Alice.CreateOfferAsync()).Sdp);
    });

    [Fact]
    public void Answer_WithoutSimulcast_LeavesTheFirstEncodingAndTheBestRendition() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync(answer =>
            string.Concat(
                answer.Split("\r\n")
                    .Where(line =>
                        !line.StartsWith("a=rid", StringComparison.Ordinal)
                            && !line.StartsWith("a=simulcast", StringComparison.Ordinal)
                            && line.Length > 0)
                    .Select(line => $"{line}\r\n")));
        Assert.Equal("q", Assert.Single(alice.Sender.GetParameters().Encodings).Rid);
        var counter = new FrameCounter();
        bob.Receiver.Track.Attach(counter);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.True(counter.Total > 20 && counter.Total == counter.Of(3), $"{counter}");
        Assert.Single((await alice.Sender.GetStatsAsync()).Values.OfType<OutboundRtpStreamStats>());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_WithRidsOnly_SendsThemWhereTheirHeaderExtensionIs(bool atTheSession) => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync(answer =>
        {
            var line = answer.Split("\r\n").Single(each => each.EndsWith("sdes:rtp-stream-id", StringComparison.Ordinal)) + "\r\n";
            var without = answer.Replace(line, "", StringComparison.Ordinal);
            return atTheSession ? without.Replace("m=video", $"{line}m=video", StringComparison.Ordinal) : without;
        });
        Assert.Equal(atTheSession ? Rids : ["q"], alice.Sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        var sent = (await alice.Sender.GetStatsAsync()).Values.OfType<OutboundRtpStreamStats>().ToArray();
        Assert.Equal(atTheSession ? 3 : 1, sent.Length);
        Assert.All(sent, stream => Assert.True(stream.PacketsSent > 0, $"{stream.Rid}"));
        var counter = new FrameCounter();
        bob.Receiver.Track.Attach(counter);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.True(counter.Total > 10, $"{counter}");
    });

    [Fact]
    public void Offer_ThatAsksForSimulcastWithoutTheHeaderExtension_ProposesOneEncoding()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video);
            var offer = await pair.Alice.CreateOfferAsync();
            var lines = offer.Sdp.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.EndsWith("sdes:rtp-stream-id", StringComparison.Ordinal));
            var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with { Sdp = string.Join("\r\n", [.. lines, "a=rid:a recv", "a=rid:b recv", "a=simulcast:recv a;b", ""]) });
            Assert.Null(Assert.Single(sender.GetParameters().Encodings).Rid);
            Assert.DoesNotContain("a=simulcast", (await pair.Bob.CreateAnswerAsync()).Sdp);
        });
    }

    [Fact]
    public void PlainTrack_OnThreeEncodings_IsSentOnEach() => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync();
        var plain = new MediaStreamTrack(MediaKind.Video);
        await alice.Sender.ReplaceTrackAsync(plain);
        scene.Feed(plain, 9);
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(200));
        var counters = bob.Receiver.Encodings.Select(encoding =>
        {
            var counter = new FrameCounter();
            encoding.Track.Attach(counter);
            return counter;
        }).ToArray();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.All(counters, counter => Assert.True(counter.Of(9) >= 25 && counter.Total == counter.Of(9), $"{counter}"));
    });

    [Fact]
    public void Offer_ThatAsksForSimulcast_ProposesEncodingsUntilItIsRolledBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            var asking = offer with { Sdp = offer.Sdp + "a=rid:a recv\r\na=rid:b recv\r\na=rid:c recv\r\na=simulcast:recv a,c;~b;a\r\n" };
            var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetRemoteDescriptionAsync(asking);
            Assert.Equal(
                [("a", 2.0), ("b", 1.0)],
                sender.GetParameters().Encodings.Select(encoding => (encoding.Rid!, encoding.ScaleResolutionDownBy!.Value)));
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
            var only = Assert.Single(sender.GetParameters().Encodings);
            Assert.Equal((null, 1.0), (only.Rid, only.ScaleResolutionDownBy));

            await pair.Bob.SetRemoteDescriptionAsync(asking);
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Contains("a=simulcast:send a;b\r\n", pair.Bob.LocalDescription!.Sdp);
            Assert.Equal(["a", "b"], sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        });
    }

    [Theory]
    [InlineData(true, RtpTransceiverDirection.Inactive)]
    [InlineData(true, RtpTransceiverDirection.RecvOnly)]
    [InlineData(false, RtpTransceiverDirection.Inactive)]
    [InlineData(false, RtpTransceiverDirection.SendOnly)]
    public void Hold_ByEitherSide_AndBack_KeepsTheEncodings(bool bySender, RtpTransceiverDirection held) => Run(async (pair, scene) =>
    {
        var (alice, bob) = await scene.CallAsync();
        var (holder, peer) = bySender ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
        var transceiver = bySender ? alice : bob;
        var before = transceiver.Direction;
        transceiver.Direction = held;
        await Pair.NegotiateAsync(holder, peer);
        Assert.Contains(
            alice.CurrentDirection, (RtpTransceiverDirection?[])[RtpTransceiverDirection.Inactive, RtpTransceiverDirection.RecvOnly]);
        Assert.Equal(Rids, alice.Sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false, false), await scene.ArrivesAsync(bob));

        // Whoever held lets go; and then the other side renegotiates as well.
        transceiver.Direction = before;
        await Pair.NegotiateAsync(holder, peer);
        await Pair.NegotiateAsync(peer, holder);
        Assert.Equal(Rids, alice.Sender.GetParameters().Encodings.Select(encoding => encoding.Rid));
        Assert.Equal((true, true, true), await scene.ArrivesAsync(bob));
    });

    [Fact]
    public void Answer_ToAnOfferThatAsksForSimulcastAndReceivesNothing_NamesTheEncodings()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with { Sdp = offer.Sdp + "a=rid:1 recv max-fps=60\r\na=rid:2 recv max-fps=30\r\na=simulcast:recv 1;2\r\n" });
            var lines = (await pair.Bob.CreateAnswerAsync()).Sdp.Split("\r\n");
            Assert.Contains("a=inactive", lines);
            Assert.Equal(["a=rid:1 send", "a=rid:2 send"], lines.Where(line => line.StartsWith("a=rid:", StringComparison.Ordinal)));
            Assert.Contains("a=simulcast:send 1;2", lines);
        });
    }

    [Fact]
    public void Answer_ToSimulcastBothWays_HasOneLineForBoth()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(
                MediaKind.Video,
                new RtpTransceiverInit { SendEncodings = [.. Rids.Select(rid => new RtpEncodingParameters { Rid = rid })] });
            var offer = await pair.Alice.CreateOfferAsync();
            Assert.Contains("a=simulcast:send q;h;f\r\n", offer.Sdp);
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with
                {
                    Sdp = offer.Sdp.Replace("a=simulcast:send q;h;f", "a=rid:1 recv\r\na=rid:2 recv\r\na=simulcast:send q;h;f recv 1;2"),
                });
            Assert.Single((await pair.Bob.CreateAnswerAsync()).Sdp.Split("\r\n"), line => line == "a=simulcast:send 1;2 recv q;h;f");
        });
    }

    private static void Run(Func<Pair, Scene, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var scene = new Scene(pair);
            await scenario(pair, scene);
            scene.End();
        });
    }

    /// <summary>A sender of three renditions, whose frames are numbered 1 to 3, and who receives them.</summary>
    private sealed class Scene(Pair pair)
    {
        private bool _ended;

        public Dictionary<string, int> Asked { get; } = Rids.ToDictionary(rid => rid, _ => 0);

        public async Task<(RtpTransceiver Alice, RtpTransceiver Bob)> CallAsync(Func<string, string>? edit = null)
        {
            pair.TrickleBothWays();
            var source = new SimulcastSource([.. Rids.Select((rid, i) => (rid, Rendition(rid, i + 1)))]);
            var alice = pair.Alice.AddTransceiver(
                source.Track, new RtpTransceiverInit { SendEncodings = [.. Rids.Select(rid => new RtpEncodingParameters { Rid = rid })] });
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            await pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = edit?.Invoke(answer.Sdp) ?? answer.Sdp });
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(500));
            return (alice, pair.Bob.GetTransceivers()[0]);
        }

        public async Task SetActiveAsync(RtpTransceiver transceiver, string rid, bool active)
        {
            var parameters = transceiver.Sender.GetParameters();
            await transceiver.Sender.SetParametersAsync(
                parameters with
                {
                    Encodings =
                        [.. parameters.Encodings.Select(encoding => encoding.Rid == rid ? encoding with { Active = active } : encoding)],
                });
        }

        public async Task<(bool Q, bool H, bool F)> ArrivesAsync(RtpTransceiver bob)
        {
            var counters = new List<FrameCounter>();
            foreach (var encoding in bob.Receiver.Encodings)
            {
                counters.Add(new FrameCounter());
                encoding.Track.Attach(counters[^1]);
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            return (counters[0].Total > 20, counters[1].Total > 20, counters[2].Total > 20);
        }

        public void Feed(MediaStreamTrack track, byte number) => _ = FeedAsync(track, number);

        public void End()
        {
            _ended = true;
            pair.Alice.Close();
            pair.Bob.Close();
        }

        private MediaStreamTrack Rendition(string rid, byte number)
        {
            var track = new MediaStreamTrack(MediaKind.Video);
            track.KeyFrameRequested += (_, _) => Asked[rid]++;
            Feed(track, number);
            return track;
        }

        private MediaStreamTrack Rendition(string rid, int number) => Rendition(rid, (byte)number);

        private async Task FeedAsync(MediaStreamTrack track, byte number)
        {
            var start = pair.Simulator.Now;
            byte[] data = [0x10, number, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, 1, 2, 3, 4];
            while (!_ended)
            {
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(33));
                track.Write(
                    new MediaFrame { Format = MediaFormat.Vp8, Data = data, Timestamp = pair.Simulator.Now - start, IsKeyFrame = true });
            }
        }
    }
}
