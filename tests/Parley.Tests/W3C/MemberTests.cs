using Parley.Media;

namespace Parley.Tests;

/// <summary>Members whose behaviour no test of an area is about.</summary>
public class MemberTests
{
    [Fact]
    public void States_OfACallThatIsCutForGood_AreThoseOfIceAndOfItsTransport()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                var states = new List<string>();
                pair.TrickleBothWays();
                pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
                await pair.Alice.SetLocalDescriptionAsync();
                var dtls = pair.Alice.GetSenders()[0].Transport!;
                var ice = dtls.IceTransport;
                Assert.Equal(
                    (IceTransportState.New, IceConnectionState.New, DtlsTransportState.New, IceRole.Controlling),
                    (ice.State, pair.Alice.IceConnectionState, dtls.State, ice.Role));
                ice.StateChanged += (_, _) => states.Add($"transport {ice.State.ToW3CName()}");
                pair.Alice.IceConnectionStateChanged += (_, _) => states.Add($"connection {pair.Alice.IceConnectionState.ToW3CName()}");
                await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
                await pair.Bob.SetLocalDescriptionAsync();
                Assert.Equal(IceRole.Controlled, pair.Bob.GetReceivers()[0].Transport!.IceTransport.Role);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await pair.ConnectedAsync();
                await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
                pair.Simulator.Network.Partition(pair.AliceHost, pair.BobHost);
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                string[] both = ["checking", "connected", "completed", "disconnected", "failed"];
                Assert.Equal(both.SelectMany(state => new[] { $"transport {state}", $"connection {state}" }), states);
                Assert.Equal((IceTransportState.Failed, IceConnectionState.Failed), (ice.State, pair.Alice.IceConnectionState));
                pair.Alice.Close();
                pair.Bob.Close();
                Assert.Equal((IceTransportState.Closed, DtlsTransportState.Closed), (ice.State, dtls.State));
            },
            seconds: 120);
    }

    [Fact]
    public void CreateOffer_WithIceRestart_HasNewCredentialsAndWithoutTheOldOnes()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var before = Credentials(pair.Alice.LocalDescription!);
            Assert.Equal(before, Credentials(await pair.Alice.CreateOfferAsync()));
            Assert.Equal(before, Credentials(await pair.Alice.CreateOfferAsync(new OfferOptions { IceRestart = false })));
            var restarted = Credentials(await pair.Alice.CreateOfferAsync(new OfferOptions { IceRestart = true }));
            Assert.Empty(before.Intersect(restarted));

            // An offer alone changes nothing.
            Assert.Equal(before, Credentials(await pair.Alice.CreateOfferAsync()));
        });

        static string[] Credentials(SessionDescription description) =>
            [.. description.Sdp.Split("\r\n").Where(line =>
                line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) || line.StartsWith("a=ice-pwd:", StringComparison.Ordinal))];
    }

    [Fact]
    public void Lists_OfTransceiversSendersAndReceivers_GoInTheOrderOfTheirMakingWithoutTheStopped()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var first = pair.Alice.AddTransceiver(MediaKind.Audio);
            var second = pair.Alice.AddTransceiver(MediaKind.Video);
            var third = pair.Alice.GetTransceivers().Count;
            Assert.Equal(2, third);
            Assert.Equal([first.Sender, second.Sender], pair.Alice.GetSenders());
            Assert.Equal([first.Receiver, second.Receiver], pair.Alice.GetReceivers());
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            first.Stop();
            Assert.Equal([first, second], pair.Alice.GetTransceivers());
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal([second], pair.Alice.GetTransceivers());
            Assert.Equal([second.Sender], pair.Alice.GetSenders());
            Assert.Equal([second.Receiver], pair.Alice.GetReceivers());
            Assert.Single(pair.Bob.GetTransceivers());
        });
    }

    [Fact]
    public void ReceiveParameters_AfterNegotiation_NameWhatIsReceived()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var alice = pair.Alice.AddTransceiver(MediaKind.Audio);
            Assert.Empty(alice.Receiver.GetParameters().Codecs);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendRecv;
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            foreach (var receiver in new[] { alice.Receiver, pair.Bob.GetReceivers()[0] })
            {
                var parameters = receiver.GetParameters();
                Assert.Equal(
                    ["audio/opus", "audio/red", "audio/PCMU", "audio/PCMA", "audio/CN", "audio/telephone-event", "audio/telephone-event"],
                    parameters.Codecs.Select(codec => codec.MimeType));
                Assert.True(parameters.Rtcp.ReducedSize);
                Assert.Null(parameters.Rtcp.Cname);
                Assert.All(parameters.HeaderExtensions, extension =>
                    Assert.Contains($"a=extmap:{extension.Id} {extension.Uri}\r\n", pair.Alice.LocalDescription!.Sdp));
                Assert.NotEmpty(parameters.HeaderExtensions);
            }
        });
    }

    [Fact]
    public void Channel_MembersOfItsInit_AreItsOwnOnBothSides()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var plain = pair.Alice.CreateDataChannel("plain");
            Assert.Equal(
                (true, null, null, "", false, null),
                (plain.Ordered, plain.MaxPacketLifeTime, plain.MaxRetransmits, plain.Protocol, plain.Negotiated, plain.Id));
            var timed = pair.Alice.CreateDataChannel(
                "timed", new DataChannelInit { Ordered = false, MaxPacketLifeTime = 250, Protocol = "clock" });
            var agreed = pair.Alice.CreateDataChannel("agreed", new DataChannelInit { Negotiated = true, Id = 40, MaxRetransmits = 2 });
            var told = new Dictionary<string, DataChannel>();
            pair.Bob.DataChannelAdded += (_, args) => told[args.Channel.Label] = args.Channel;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(["plain", "timed"], told.Keys.Order());
            var bob = told["timed"];
            Assert.Equal(
                (false, (ushort?)250, null, "clock", false, timed.Id),
                (bob.Ordered, bob.MaxPacketLifeTime, bob.MaxRetransmits, bob.Protocol, bob.Negotiated, bob.Id));
            Assert.Equal(
                (true, null, null, "", plain.Id),
                (told["plain"].Ordered, told["plain"].MaxPacketLifeTime, told["plain"].MaxRetransmits, told["plain"].Protocol,
                    told["plain"].Id));
            Assert.Equal(
                (true, (ushort?)40, (ushort?)2, DataChannelState.Open),
                (agreed.Negotiated, agreed.Id, agreed.MaxRetransmits, agreed.ReadyState));
        });
    }
}
