using System.Text.Json;
using Parley.Interop.Peers;
using Parley.Media;
using Parley.Server;

namespace Parley.Interop;

/// <summary>aiortc and a .NET peer in a room, by the signaling of docs/signaling.md: sound, pictures and data both ways, whoever begins.</summary>
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

        // What Parley sends is decoded: the test card at its size, a tune that is not silence.
        await aiortc.ExpectMediaAsync(pictures: 15, sounds: 25);
        JsonElement status = aiortc.Status;
        Assert.Equal([640, 360], status.GetProperty("size").EnumerateArray().Select(n => n.GetInt32()).ToArray());

        // What aiortc sends arrives whole.
        await call.Video.ExpectMoreAsync(20);
        await call.Audio.ExpectMoreAsync(50);
        Assert.Equal((320, 240), call.Video.Size);
        Assert.True(call.Video.KeyFrames >= 1, call.ToString());
        Assert.Equal(0, call.Video.Gaps);
        Assert.Equal(0, (await call.PacketsReceivedAsync(MediaKind.Video)).Lost);
        Assert.Equal(0, (await call.PacketsReceivedAsync(MediaKind.Audio)).Lost);
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
        await call.WaitAsync(() => call.Transceiver(MediaKind.Audio).Receiver.Transport?.State == DtlsTransportState.Closed, "DTLS closed by the peer");
        Assert.Empty(call.Failures);
        Assert.Equal(0, await aiortc.WaitForExitAsync());
        report.Add(
            $"aiortc {status.GetProperty("version").GetString()}",
            $"sound, pictures and data both ways, {(aiortcOffers ? "aiortc" : "Parley")} offers",
            $"aiortc decodes 640x360 and a tune; Parley receives {call.Video}, {call.Audio.Frames} packets of sound, none lost; text both ways; its close is heard");
    }

    private static IEnumerable<string?> Texts(JsonElement status) => status.GetProperty("texts").EnumerateArray().Select(text => text.GetString());
}
