using System.Text.Json;
using Parley.Interop.Peers;
using Parley.Media;
using Parley.Server;

namespace Parley.Interop;

/// <summary>
/// aiortc and a .NET peer in a room, by the signaling of docs/signaling.md: sound, pictures and data both ways, whoever begins.
/// </summary>
public sealed class AiortcTests(InteropReport report)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_BothWays_CountedOnBothSides(bool aiortcOffers)
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using NetPeer net = await NetPeer.JoinAsync(server, "aiortc", callAtOnce: false);
        await using AiortcPeer aiortc = await AiortcPeer.JoinAsync(server, "aiortc");
        NetCall call = await ConnectAsync(net, aiortc, aiortcOffers);

        // What Parley sends is decoded: the test card at its size, a tune that is not silence.
        await aiortc.ExpectMediaAsync(pictures: 15, sounds: 25);
        JsonElement status = aiortc.Status;
        Assert.Equal([640, 360], status.GetProperty("size").EnumerateArray().Select(n => n.GetInt32()).ToArray());

        // What aiortc sends arrives whole.
        await call.Video.ExpectMoreAsync(20);
        await call.Audio.ExpectMoreAsync(50);
        Assert.Equal((320, 240), call.Video.Size);
        Assert.True(call.Video.KeyFrames >= 1, call.ToString());
        Loss.ExpectNone(call.Video.Gaps, call.ToString());
        Loss.ExpectNone((await call.PacketsReceivedAsync(MediaKind.Video)).Lost, call.ToString());
        string loss = Loss.ExpectNone((await call.PacketsReceivedAsync(MediaKind.Audio)).Lost, call.ToString());
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);

        // Text both ways on the one channel.
        await aiortc.ExpectAsync("an open channel", s => s.GetProperty("open").GetBoolean());
        DataChannel channel = call.Channels.Single(each => each.Label == (aiortcOffers ? "from aiortc" : "chat"));
        await aiortc.DoAsync("say Grüße 👋");
        await aiortc.ExpectAsync("the echo", s => Texts(s).Contains("echo: Grüße 👋"));
        channel.Send("ask:how are you");
        await call.WaitAsync(() => call.Texts.Contains("answer:how are you"), "the answer");

        await aiortc.DoAsync("bye");
        await call.Left.Task.WaitAsync(Until.Limit);
        await call.WaitAsync(
            () => call.Transceiver(MediaKind.Audio).Receiver.Transport?.State == DtlsTransportState.Closed, "DTLS closed by the peer");
        Assert.Empty(call.Failures);
        Assert.Equal(0, await aiortc.WaitForExitAsync());
        report.Add(
            $"aiortc {status.GetProperty("version").GetString()}",
            $"sound, pictures and data both ways, {(aiortcOffers ? "aiortc" : "Parley")} offers",
            $"aiortc decodes 640x360 and a tune; Parley receives {call.Video}, {call.Audio.Frames} packets of sound, {loss}; "
            + "text both ways; its close is heard");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_AndResume_DirectionsMirroredAndPacketsStop(bool aiortcOffers)
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using NetPeer net = await NetPeer.JoinAsync(server, "aiortc", callAtOnce: false);
        await using AiortcPeer aiortc = await AiortcPeer.JoinAsync(server, "aiortc");
        NetCall call = await ConnectAsync(net, aiortc, aiortcOffers);

        // Parley holds: music instead of the tune, and aiortc answers that it only receives.
        await call.HoldAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendOnly);
        await aiortc.ExpectAsync("recvonly", s => Directions(s) is ("recvonly", "recvonly"));
        await aiortc.ExpectMediaAsync(pictures: 5, sounds: 25);
        await call.ResumeAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await aiortc.ExpectAsync("sendrecv", s => Directions(s) is ("sendrecv", "sendrecv"));

        // aiortc 1.4 numbers payload types anew in an offer of its own, and goes on sending by the old numbers: it can hold where it
        // called.
        if (aiortcOffers)
        {
            await ExpectHeldByAsync(aiortc, call);
        }

        await EndAsync(call, aiortc);
        report.Add(
            $"aiortc {aiortc.Status.GetProperty("version").GetString()}",
            aiortcOffers ? "hold and resume from either side, aiortc called" : "hold and resume by Parley, which called",
            $"directions mirrored each time; {(aiortcOffers ? "held, Parley sends no packet; " : "")}music and then the tune are decoded");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DataChannels_OfEveryKindFromBothSides_SameOnBoth(bool aiortcOffers)
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using NetPeer net = await NetPeer.JoinAsync(server, "aiortc", callAtOnce: false);
        await using AiortcPeer aiortc = await AiortcPeer.JoinAsync(server, "aiortc");
        NetCall call = await ConnectAsync(net, aiortc, aiortcOffers);
        await aiortc.ExpectAsync("an open channel", s => s.GetProperty("open").GetBoolean());

        await aiortc.DoAsync("""channel theirs-reliable {}""");
        await aiortc.DoAsync("""channel theirs-once {"ordered": false, "maxRetransmits": 0, "protocol": "p"}""");
        await aiortc.DoAsync("""channel theirs-soon {"maxPacketLifeTime": 500}""");
        await aiortc.DoAsync("""channel agreed {"negotiated": true, "id": 100}""");
        foreach (DataChannel made in new[]
        {
            call.Connection.CreateDataChannel("ours-reliable"),
            call.Connection.CreateDataChannel("ours-once", new DataChannelInit { Ordered = false, MaxRetransmits = 0, Protocol = "p" }),
            call.Connection.CreateDataChannel("ours-soon", new DataChannelInit { MaxPacketLifeTime = 500 }),
            call.Connection.CreateDataChannel("agreed", new DataChannelInit { Negotiated = true, Id = 100 }),
        })
        {
            call.Channels.Enqueue(made);
        }

        await call.WaitAsync(
            () => call.Channels.Count(each => IsOneOfSeven(each.Label) && each.ReadyState == DataChannelState.Open) == 7,
            "seven open channels");
        await aiortc.ExpectAsync("seven open channels", s =>
            s.GetProperty("channels").EnumerateObject().Count(each => IsOneOfSeven(each.Name) && each.Value[5].GetString() == "open") == 7);
        JsonElement theirs = aiortc.Status.GetProperty("channels");
        foreach (DataChannel channel in call.Channels.Where(each => IsOneOfSeven(each.Label)))
        {
            JsonElement other = theirs.GetProperty(channel.Label);
            Assert.Equal(channel.Id, (ushort?)other[0].GetInt32());
            Assert.Equal(channel.Ordered, other[1].GetBoolean());
            Assert.Equal(channel.MaxRetransmits, other[2].ValueKind == JsonValueKind.Null ? null : (ushort?)other[2].GetInt32());
            Assert.Equal(channel.MaxPacketLifeTime, other[3].ValueKind == JsonValueKind.Null ? null : (ushort?)other[3].GetInt32());
            Assert.Equal(channel.Protocol, other[4].GetString());

            // There and back: few bytes, and more than fit one packet. What aiortc opened this side sends back as well, and so without end:
            // text goes there.
            foreach (int size in channel.Label.StartsWith("theirs", StringComparison.Ordinal) ? [] : new[] { 1, 60_000 })
            {
                byte[] bytes = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 7))];
                var echo = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
                void Take(object? sender, DataChannelMessageEventArgs e) => echo.TrySetResult(e.Data.ToArray());
                channel.MessageReceived += Take;
                channel.Send(bytes);
                Assert.Equal(bytes, await echo.Task.WaitAsync(Until.Limit));
                channel.MessageReceived -= Take;
            }
        }

        foreach (DataChannel channel in call.Channels.Where(each => each.Label.StartsWith("theirs", StringComparison.Ordinal)))
        {
            channel.Send($"ask:{channel.Label}");
            await call.WaitAsync(() => call.Texts.Contains($"answer:{channel.Label}"), $"the answer on {channel.Label}");
        }

        await EndAsync(call, aiortc);
        report.Add(
            $"aiortc {aiortc.Status.GetProperty("version").GetString()}",
            $"data channels in-band from both sides and negotiated, {(aiortcOffers ? "aiortc" : "Parley")} offers",
            "seven with equal ids, order, reliability and protocol; 1 and 60,000 bytes there and back on ours; text on theirs");

        static bool IsOneOfSeven(string label) => label == "agreed"
            || label.StartsWith("ours-", StringComparison.Ordinal)
            || label.StartsWith("theirs-", StringComparison.Ordinal);
    }

    // What is held sends no packet.
    private static async Task ExpectHeldByAsync(AiortcPeer aiortc, NetCall call)
    {
        await aiortc.DoAsync("direction audio sendonly");
        await aiortc.DoAsync("direction video sendonly");
        await aiortc.DoAsync("negotiate");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.RecvOnly);
        await aiortc.ExpectAsync("sendonly", s => Directions(s) is ("sendonly", "sendonly"));
        await Until.AtRestAsync(
            async () => await call.PacketsSentAsync(MediaKind.Audio) + await call.PacketsSentAsync(MediaKind.Video),
            () => call.Audio.ExpectMoreAsync(50),
            "packets of Parley on hold");
        await aiortc.DoAsync("direction audio sendrecv");
        await aiortc.DoAsync("direction video sendrecv");
        await aiortc.DoAsync("negotiate");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await aiortc.ExpectMediaAsync(pictures: 5, sounds: 25);
    }

    private static async Task<NetCall> ConnectAsync(NetPeer net, AiortcPeer aiortc, bool aiortcOffers)
    {
        NetCall call = await net.FirstCall;
        call.OtherSide = aiortc.ToString;
        if (aiortcOffers)
        {
            // Tracks added while the offer is being taken belong into the answer.
            call.CallWhenOffered();
            await aiortc.DoAsync("offer");
        }
        else
        {
            call.Call();
        }

        await call.ExpectConnectedAsync();
        await aiortc.ExpectAsync("connected", s => s.GetProperty("connection").GetString() == "connected");
        return call;
    }

    private static async Task EndAsync(NetCall call, AiortcPeer aiortc)
    {
        await aiortc.DoAsync("bye");
        await call.Left.Task.WaitAsync(Until.Limit);
        Assert.Empty(call.Failures);
        Assert.Equal(0, await aiortc.WaitForExitAsync());
    }

    private static (string? Audio, string? Video) Directions(JsonElement status)
    {
        JsonElement directions = status.GetProperty("directions");
        return (directions.GetProperty("audio").GetString(), directions.GetProperty("video").GetString());
    }

    private static IEnumerable<string?> Texts(JsonElement status) =>
        status.GetProperty("texts").EnumerateArray().Select(text => text.GetString());
}
