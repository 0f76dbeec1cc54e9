using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Transport.SharedPort;

/// <summary>One connection behind a shared port and the peer that calls it, each with a data channel.</summary>
internal sealed class PortPeer : IAsyncDisposable
{
    private readonly TaskCompletionSource<DataChannel> _served = new();

    public PortPeer(SharedUdpPort port, Platform server, Platform client, SharedUdpPort? clientPort = null, ErrorCollector? log = null)
    {
        Server = new PeerConnection(
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice], SharedPort = port }, server, log);
        Client = new PeerConnection(
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob], SharedPort = clientPort }, client, log);
        Server.DataChannelAdded += (_, e) =>
        {
            e.Channel.MessageReceived += (_, message) => e.Channel.Send($"{message.Text} echoed");
            _served.TrySetResult(e.Channel);
        };
        Channel = Client.CreateDataChannel("d");
        Pair.Trickle(Server, Client);
        Pair.Trickle(Client, Server);
    }

    public PeerConnection Server { get; }

    public PeerConnection Client { get; }

    public DataChannel Channel { get; }

    /// <summary>A channel that is not open yet opens.</summary>
    public static Task OpenedAsync(DataChannel channel)
    {
        var opened = new TaskCompletionSource();
        channel.Opened += (_, _) => opened.TrySetResult();
        return opened.Task;
    }

    public async Task ConnectAsync()
    {
        var opened = OpenedAsync(Channel);
        await Pair.NegotiateAsync(Client, Server);
        await opened;
        await _served.Task;
    }

    /// <summary>Sends a text and waits for its echo.</summary>
    public async Task<string> AskAsync(string text)
    {
        var answered = new TaskCompletionSource<string>();
        void Take(object? sender, DataChannelMessageEventArgs e) => answered.TrySetResult(e.Text);
        Channel.MessageReceived += Take;
        Channel.Send(text);
        string answer = await answered.Task;
        Channel.MessageReceived -= Take;
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
