using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// What a description may change of a transport in use (RFC 9429 §5.8.3, §5.10, §5.11): refused without a restart of ICE, and with one
/// another peer may stand where the one before was.
/// </summary>
public class AssociationContinuityTests
{
    [Fact]
    public void ReOffer_OfARoleThatTheAssociationCannotHave_IsRefusedAndTheCallGoesOn()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            var offer = pair.Bob.LocalDescription!;
            await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Alice.SetRemoteDescriptionAsync(Changed(offer, "setup")));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            await pair.Alice.SetRemoteDescriptionAsync(offer);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await call.ExpectAsync(toBob: CallWithMedia.AliceVoice, toAlice: CallWithMedia.BobVoice);
            call.End();
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_OfARoleThatTheAssociationCannotHave_LeavesTheRoleAndTheCallGoesOn(bool provisional)
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            var dtls = call.Alice.Sender.Transport!;
            var changes = 0;
            dtls.StateChanged += (_, _) => changes++;
            Assert.Contains("a=setup:active\r\n", pair.Bob.LocalDescription!.Sdp);

            // Pion and webrtcbin flip the role in an answer when they have offered first; their association goes on as it is.
            var channel = pair.Alice.CreateDataChannel("words");
            var wrong = await FlippedAnswerAsync(pair);
            if (provisional)
            {
                await pair.Alice.SetRemoteDescriptionAsync(wrong with { Type = SdpType.Pranswer });
            }

            await pair.Alice.SetRemoteDescriptionAsync(wrong);
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            await call.ExpectAsync(toBob: CallWithMedia.AliceVoice, toAlice: CallWithMedia.BobVoice, quiet: false);
            await Opened(channel);
            Assert.Equal(0, changes);
            Assert.Equal("server", (await pair.Alice.GetStatsAsync()).Values.OfType<TransportStats>().Single().DtlsRole);

            // What this side answers is the role in use.
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Contains("a=setup:passive\r\n", pair.Alice.LocalDescription!.Sdp);
            await call.ExpectAsync(toBob: CallWithMedia.AliceVoice, toAlice: CallWithMedia.BobVoice, quiet: false);
            call.End();
        });
    }

    [Fact]
    public void Answer_OfAnotherRoleBeforeTheAssociationIsUp_LeavesTheRole()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.NotEqual(DtlsTransportState.Connected, pair.Alice.GetSenders()[0].Transport!.State);
            await pair.Alice.SetRemoteDescriptionAsync(await FlippedAnswerAsync(pair));
            await pair.ConnectedAsync();
            Assert.Equal("server", (await pair.Alice.GetStatsAsync()).Values.OfType<TransportStats>().Single().DtlsRole);
        });
    }

    [Fact]
    public void Answer_ToARestartOfAnotherRole_LeavesTheRoleOfAnAssociationThatIsUp()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            pair.Alice.RestartIce();
            await pair.Alice.SetRemoteDescriptionAsync(await FlippedAnswerAsync(pair));
            await call.ExpectAsync(toBob: CallWithMedia.AliceVoice, toAlice: CallWithMedia.BobVoice, quiet: false);
            Assert.Equal("server", (await pair.Alice.GetStatsAsync()).Values.OfType<TransportStats>().Single().DtlsRole);
            call.End();
        });
    }

    [Fact]
    public void Answer_OfAnotherRoleAndAnotherFingerprint_IsAnotherAssociation()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            await pair.Alice.SetRemoteDescriptionAsync(Changed(await FlippedAnswerAsync(pair), "fingerprint"));
            Assert.Equal("client", (await pair.Alice.GetStatsAsync()).Values.OfType<TransportStats>().Single().DtlsRole);
        });
    }

    [Theory]
    [InlineData("a=setup:active\r\n", "a=setup:actpass\r\n")]
    [InlineData("a=setup:active\r\n", "a=setup:holdconn\r\n")]
    [InlineData("UDP/TLS/RTP/SAVPF", "UDP/QUIC/RTP")]
    [InlineData("UDP/DTLS/SCTP", "UDP/BFCP")]
    public void Answer_RoleLeftOpenOrUnknownProtocol_IsRefused(string text, string instead)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.CreateDataChannel("d");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            Assert.Contains(text, answer.Sdp);
            await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () =>
                pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = answer.Sdp.Replace(text, instead) }));
            await pair.Alice.SetRemoteDescriptionAsync(answer);
        });
    }

    [Fact]
    public void Answer_ToOfferedRole_TakesTheOther()
    {
        foreach (var (offered, answered) in new[] { ("active", "passive"), ("passive", "active"), ("actpass", "active") })
        {
            var pair = new Pair();
            pair.Run(async () =>
            {
                pair.Alice.AddTransceiver(MediaKind.Audio);
                await pair.Alice.SetLocalDescriptionAsync();
                var offer = pair.Alice.LocalDescription!;
                await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Replace("a=setup:actpass", $"a=setup:{offered}") });
                await pair.Bob.SetLocalDescriptionAsync();
                Assert.Contains($"a=setup:{answered}\r\n", pair.Bob.LocalDescription!.Sdp);
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_AtWhichAnotherPeerStands_ConnectsToItByTheSameTransport(bool aliceOffers)
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var channel = pair.Alice.CreateDataChannel("words");
            await call.StartAsync();
            await Opened(channel);
            var dtls = call.Alice.Sender.Transport!;
            var sctp = pair.Alice.SctpTransport!;
            var states = new List<string>();
            dtls.StateChanged += (_, _) => states.Add($"dtls {dtls.State}");
            pair.Alice.ConnectionStateChanged += (_, _) => states.Add($"connection {pair.Alice.ConnectionState}");
            channel.Closed += (_, _) => states.Add("channel closed");
            sctp.StateChanged += (_, _) => states.Add($"sctp {sctp.State}");

            // Bob has gone without a word; Carol takes his place in the same sections.
            var carol = Carol(pair);
            var heard = Heard(carol);
            Pair.Trickle(pair.Alice, carol);
            Pair.Trickle(carol, pair.Alice);
            if (aliceOffers)
            {
                pair.Alice.RestartIce();
                await NegotiateUntilConnectedAsync(pair.Alice, carol);
            }
            else
            {
                carol.CreateDataChannel("more");
                carol.AddTrack(call.Track(CallWithMedia.Music));
                await NegotiateUntilConnectedAsync(carol, pair.Alice);
            }

            var next = pair.Alice.CreateDataChannel("again");
            await Opened(next);
            Assert.NotSame(sctp, pair.Alice.SctpTransport);
            Assert.Equal(DataChannelState.Closed, channel.ReadyState);
            Assert.Same(dtls, call.Alice.Sender.Transport);
            Assert.Equal(DtlsTransportState.Connected, dtls.State);
            Assert.Equal(TestCertificates.Carol.Der.ToArray(), dtls.GetRemoteCertificates()[0]);
            Assert.Equal(
                ["dtls New", "dtls Connecting", "dtls Connected"],
                states.Where(state => state.StartsWith("dtls", StringComparison.Ordinal)));
            Assert.Equal(
                ["connection Connecting", "connection Connected"],
                states.Where(state => state.StartsWith("connection", StringComparison.Ordinal)));
            Assert.Equal(
                ["sctp Closed", "channel closed"],
                states.Where(state =>
                    state.StartsWith("sctp", StringComparison.Ordinal) || state.StartsWith("channel", StringComparison.Ordinal)));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(heard().Of(CallWithMedia.AliceVoice) > 30, $"{heard()}");
            carol.Close();
            call.End();
        });
    }

    [Fact]
    public void ProvisionalAnswers_OfTwoPeers_TheLastOneGetsTheCall()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var carol = Carol(pair);
            var heard = Heard(carol);
            Pair.Trickle(pair.Alice, carol);
            Pair.Trickle(carol, pair.Alice);
            pair.Alice.AddTransceiver(call.Track(CallWithMedia.AliceVoice));
            var channel = pair.Alice.CreateDataChannel("words");
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription! with { Type = SdpType.Pranswer });
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));

            await carol.SetRemoteDescriptionAsync(offer);
            await carol.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(carol.LocalDescription!);
            await Pair.UntilAsync(carol, () => carol.ConnectionState == PeerConnectionState.Connected);
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Connected);
            Assert.Equal(TestCertificates.Carol.Der.ToArray(), pair.Alice.GetSenders()[0].Transport!.GetRemoteCertificates()[0]);
            await Opened(pair.Alice.CreateDataChannel("more"));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(heard().Of(CallWithMedia.AliceVoice) > 30, $"{heard()}");
            Assert.Equal(DataChannelState.Closed, channel.ReadyState);
            carol.Close();
            call.End();
        });
    }

    [Fact]
    public void Restart_WithTheSameFingerprint_KeepsTheAssociation()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            var changes = 0;
            call.Alice.Sender.Transport!.StateChanged += (_, _) => changes++;
            pair.Alice.RestartIce();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await call.ExpectAsync(toBob: CallWithMedia.AliceVoice, toAlice: CallWithMedia.BobVoice, quiet: false);
            Assert.Equal(0, changes);
            call.End();
        });
    }

    [Fact]
    public void Restart_OfferedWithTheOtherRole_IsAnsweredByIt()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            Assert.Contains("a=setup:active\r\n", pair.Bob.LocalDescription!.Sdp);
            pair.Bob.RestartIce();
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(Changed(pair.Bob.LocalDescription!, "setup"));
            Assert.Contains("a=setup:active\r\n", (await pair.Alice.CreateAnswerAsync()).Sdp);
            call.End();
        });
    }

    private static async Task<SessionDescription> FlippedAnswerAsync(Pair pair)
    {
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        return Changed(pair.Bob.LocalDescription!, "setup");
    }

    private static PeerConnection Carol(Pair pair)
    {
        var host = pair.Simulator.AddHost("carol", "10.0.0.3");
        return new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Carol] }, host.Platform, pair.Log);
    }

    private static Func<FrameCounter> Heard(PeerConnection connection)
    {
        var counter = new FrameCounter();
        connection.TrackAdded += (_, args) => args.Track.Attach(counter);
        return () => counter;
    }

    private static async Task NegotiateUntilConnectedAsync(PeerConnection from, PeerConnection to)
    {
        await Pair.NegotiateAsync(from, to);
        await Pair.UntilAsync(from, () => from.ConnectionState == PeerConnectionState.Connected);
        await Pair.UntilAsync(to, () => to.ConnectionState == PeerConnectionState.Connected);
    }

    private static async Task Opened(DataChannel channel)
    {
        var opened = new TaskCompletionSource();
        channel.Opened += (_, _) => opened.TrySetResult();
        if (channel.ReadyState != DataChannelState.Open)
        {
            await opened.Task;
        }
    }

    private static SessionDescription Changed(SessionDescription description, string attribute) => description with
    {
        Sdp = attribute switch
        {
            "fingerprint" =>
                ReplaceLines(description.Sdp, "a=fingerprint:", _ => $"a=fingerprint:{TestCertificates.Carol.Fingerprints[0]}"),
            "setup" => ReplaceLines(
                description.Sdp,
                "a=setup:",
                line => line == "a=setup:active" ? "a=setup:passive" : line == "a=setup:passive" ? "a=setup:active" : "a=setup:passive"),
            _ => ReplaceLines(ReplaceLines(description.Sdp, "a=ice-ufrag:", line => $"{line}x"), "a=ice-pwd:", line => $"{line}x"),
        },
    };

    private static string ReplaceLines(string sdp, string start, Func<string, string> with)
    {
        Assert.Contains(start, sdp);
        return string.Join("\r\n", sdp.Split("\r\n").Select(line => line.StartsWith(start, StringComparison.Ordinal) ? with(line) : line));
    }
}
