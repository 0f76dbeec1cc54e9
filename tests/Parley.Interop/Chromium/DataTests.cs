using System.Text;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;

namespace Parley.Interop.Chromium;

/// <summary>Data channels with a bare Chromium: in-band and negotiated, of each reliability, with messages of each kind and size.</summary>
public sealed class DataTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_OfEachKindFromBothSides_EchoEachKindOfMessage(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.Chromium.DoAsync(
            """
            adopt(pc.createDataChannel("theirs", { ordered: false, maxRetransmits: 7, protocol: "chat" }), true);
            adopt(pc.createDataChannel("theirs timed", { maxPacketLifeTime: 5000 }), true);
            adopt(pc.createDataChannel("negotiated", { negotiated: true, id: 100 }), true);
            """);
        talk.Net.Adopt(
            talk.Net.Connection.CreateDataChannel(
                "ours", new DataChannelInit { Ordered = false, MaxPacketLifeTime = 4000, Protocol = "game" }));
        talk.Net.Adopt(talk.Net.Connection.CreateDataChannel("negotiated", new DataChannelInit { Negotiated = true, Id = 100 }));
        await talk.NegotiateAsync();
        await talk.ExpectConnectedAsync();
        string[] labels = ["negotiated", "ours", "theirs", "theirs timed"];
        await talk.Net.WaitAsync(
            () => labels.All(label => talk.Net.Channels.TryGetValue(label, out var c) && c.Channel.ReadyState == DataChannelState.Open),
            "four open channels");
        await talk.Chromium.WaitAsync(
            "Object.values(channels).length === 4 && Object.values(channels).every((c) => c.readyState === 'open')");

        // What one asked for, the other finds; the ids are the same, and told apart by the role in DTLS.
        DataChannel theirs = talk.Net.Channels["theirs"].Channel;
        Assert.Equal((false, (ushort?)7, "chat", false), (theirs.Ordered, theirs.MaxRetransmits, theirs.Protocol, theirs.Negotiated));
        Assert.Equal((ushort)5000, talk.Net.Channels["theirs timed"].Channel.MaxPacketLifeTime);
        Assert.True(
            await talk.Chromium.ReadAsync<bool>(
                "(({ ordered, maxPacketLifeTime, protocol }) => !ordered && maxPacketLifeTime === 4000 && protocol === "
                + "'game')(channels.ours)"));
        foreach (string label in labels)
        {
            Assert.Equal((int)talk.Net.Channels[label].Channel.Id!.Value, await talk.Chromium.ReadAsync<int>($"channels['{label}'].id"));
        }

        Assert.NotEqual(talk.Net.Channels["ours"].Channel.Id % 2, theirs.Id % 2);

        // Empty, short and long, text and binary, each comes back whole.
        byte[] large = new byte[256 * 1024];
        new Random(1).NextBytes(large);
        foreach (string label in labels)
        {
            (DataChannel channel, var messages) = talk.Net.Channels[label];
            channel.Send("Grüße 👋");
            await talk.Net.WaitAsync(() => messages.Any(m => !m.IsBinary && m.Text == "echo:Grüße 👋"), $"the text on {label}");
            channel.Send("");
            await talk.Net.WaitAsync(() => messages.Any(m => !m.IsBinary && m.Text == "echo:"), $"the empty text on {label}");
            channel.Send(ReadOnlySpan<byte>.Empty);
            await talk.Net.WaitAsync(() => messages.Any(m => m.IsBinary && m.Data.IsEmpty), $"the empty bytes on {label}");
        }

        (DataChannel reliable, var came) = talk.Net.Channels["negotiated"];
        reliable.Send(large);
        await talk.Net.WaitAsync(() => came.Any(m => m.IsBinary && m.Data.Span.SequenceEqual(large)), "256 KiB of bytes");
        string longText = new('x', 200_000);
        reliable.Send(longText);
        await talk.Net.WaitAsync(() => came.Any(m => !m.IsBinary && m.Text == $"echo:{longText}"), "200,000 characters");
        Assert.Contains("bytes 262144", await talk.Chromium.ReadAsync<string[]>("texts.negotiated"));

        // One thousand in order.
        int before = came.Count;
        await talk.Chromium.DoAsync("for (let i = 0; i < 1000; i++) channels.negotiated.send(`echo:n${i}`)");
        await talk.Net.WaitAsync(() => came.Count == before + 1000, "a thousand messages");
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"echo:n{i}"), came.Skip(before).Select(m => m.Text));

        // Closed from either side, both see it.
        await talk.Chromium.DoAsync("channels.theirs.close()");
        talk.Net.Channels["ours"].Channel.Close();
        await talk.Net.WaitAsync(
            () => theirs.ReadyState == DataChannelState.Closed && talk.Net.Channels["ours"].Channel.ReadyState == DataChannelState.Closed,
            "both closed");
        await talk.Chromium.WaitAsync("channels.theirs.readyState === 'closed' && channels.ours.readyState === 'closed'");
        await talk.Net.WaitAsync(() => talk.Net.Events.Contains("close theirs"), "the event of the close");
        Assert.Equal(
            ["closing theirs", "close theirs"],
            talk.Net.Events.Where(each => each.EndsWith("e theirs", StringComparison.Ordinal) || each == "closing theirs"));
        reliable.Send("after");
        await talk.Net.WaitAsync(() => came.Any(m => m.Text == "echo:after"), "the text after the others closed");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"data channels in-band from both sides and negotiated, {Who(chromiumOffers)} offers",
            "four of each reliability with equal ids; empty, short and long messages echoed, "
            + $"256 KiB of bytes and {Encoding.UTF8.GetByteCount(longText):N0} of text; 1,000 in order; closed from either side");
    }

    private static string Who(bool chromium) => chromium ? "Chromium" : "Parley";
}
