using Parley.Server;

namespace Parley.Interop.Peers;

/// <summary>A server with one room, the page in it, and a .NET peer.</summary>
public sealed class Pair : IAsyncDisposable
{
    private readonly ParleyServer _server;

    private Pair(ParleyServer server, CallPage page, NetPeer net, NetCall call)
    {
        _server = server;
        Page = page;
        Net = net;
        Call = call;
    }

    public CallPage Page { get; }

    public NetPeer Net { get; }

    public NetCall Call { get; }

    /// <summary>Both join; the .NET peer offers its media as soon as it sees the page.</summary>
    public static async Task<Pair> JoinAsync(Browser browser, string room, bool netJoinsFirst)
    {
        ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        NetPeer? net = netJoinsFirst ? await NetPeer.JoinAsync(server, room) : null;
        CallPage page = await browser.OpenAsync(server.Address, room, "Ada");
        net ??= await NetPeer.JoinAsync(server, room);
        return new Pair(server, page, net, await net.FirstCall);
    }

    public void Deconstruct(out CallPage page, out NetCall call, out string host)
    {
        page = Page;
        call = Call;
        host = Net.Id;
    }

    /// <summary>The page calls; done when media flows both ways and the chat's channel is open.</summary>
    public async Task CallAsync()
    {
        await Page.WaitAsync("parley.peers.length === 1");
        await Page.PressAsync("Call");
        await Call.ExpectConnectedAsync();
        await Page.ExpectConnectedAsync();
        await Call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await ExpectMediaBothWaysAsync();
        await Page.WaitAsync("parley.peers[0].channelOpen");
    }

    /// <summary>Waits for more pictures and sound on both sides.</summary>
    public Task ExpectMediaBothWaysAsync() =>
        Task.WhenAll(
            Page.ExpectVideoAsync(Net.Id), Page.ExpectSoundAsync(Net.Id), Call.Video.ExpectMoreAsync(5), Call.Audio.ExpectMoreAsync(25));

    /// <summary>Neither side had anything to complain of.</summary>
    public void ExpectNoErrors()
    {
        Assert.Empty(Page.Errors);
        Assert.Empty(Call.Failures);
    }

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await Net.DisposeAsync();
        await _server.DisposeAsync();
    }
}
