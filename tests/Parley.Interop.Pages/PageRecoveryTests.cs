using Parley.Interop.Peers;
using Parley.Server;

namespace Parley.Interop.Pages;

/// <summary>
/// The real page in Chromium and a .NET peer in a call, and the way to the server breaks: the call goes on, and signaling comes back.
/// </summary>
public sealed class PageRecoveryTests(Browser browser, InteropReport report)
{
    [Fact]
    public async Task Interface_Down_PageSaysSoKeepsItsCallAndComesBack()
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        await using NetPeer net = await NetPeer.JoinAsync(server, "down");
        await using CallPage page = await browser.OpenAsync(network.Address, "down", "Ada");
        NetCall call = await CallAsync(page, net);
        string id = await page.ReadAsync<string>("parley.self.id");

        network.Stall();
        await page.WaitAsync("parley.self.reconnecting && document.getElementById('room-people').textContent === 'reconnecting…'");
        await page.WaitAsync("document.getElementById('notice').textContent.includes('reconnecting…')");
        await ExpectMediaAsync(page, net, call);
        network.Resume();

        await ExpectWholeAsync(page, net, call, id);
        report.Add(
            $"Chromium {browser.Version}",
            "the way to the server stalls in mid-call",
            "the page says \"reconnecting…\", media goes on, the page is back as the same peer and negotiates");
    }

    [Fact]
    public async Task Connections_Cut_InANegotiation_NothingIsLost()
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        await using NetPeer net = await NetPeer.JoinAsync(server, "cut");
        await using CallPage page = await browser.OpenAsync(network.Address, "cut", "Ada");
        NetCall call = await CallAsync(page, net);
        string id = await page.ReadAsync<string>("parley.self.id");

        // The offer and its answer meet a connection that breaks, each time at another moment.
        foreach (string button in (string[])["Hold", "Resume", "Hold", "Resume"])
        {
            Task pressing = page.PressAsync(button);
            network.Cut();
            await pressing;
            network.Cut();
            await call.ExpectDirectionAsync(button == "Hold" ? RtpTransceiverDirection.RecvOnly : RtpTransceiverDirection.SendRecv);
        }

        await ExpectWholeAsync(page, net, call, id);
        report.Add(
            $"Chromium {browser.Version}",
            "the WebSocket cut in the middle of negotiations",
            "each ends as it should; the page is the same peer");
    }

    [Fact]
    public async Task Server_StartedAnew_BothComeBackAndTheCallGoesOn()
    {
        ParleyServer server = await StartAsync();
        int port = server.Address.Port;
        await using NetPeer net = await NetPeer.JoinAsync(server, "restart");
        await using CallPage page = await browser.OpenAsync(server.Address, "restart", "Ada");
        NetCall call = await CallAsync(page, net);
        string id = await page.ReadAsync<string>("parley.self.id");

        await server.DisposeAsync();
        await page.WaitAsync("parley.self.reconnecting");
        await ExpectMediaAsync(page, net, call);
        await using ParleyServer again = await StartAsync(port);

        await ExpectWholeAsync(page, net, call, id);
        report.Add(
            $"Chromium {browser.Version}",
            "the server started anew in mid-call",
            "both peers come back with their ids, media goes on, hold is negotiated");
    }

    [Fact]
    public async Task Page_WithoutProcessorTime_KeepsItsConnection()
    {
        await using ParleyServer server = await StartAsync();
        await using NetPeer net = await NetPeer.JoinAsync(server, "starved");
        await using CallPage page = await browser.OpenAsync(server.Address, "starved", "Ada");
        NetCall call = await CallAsync(page, net);
        string id = await page.ReadAsync<string>("parley.self.id");

        await page.ReadAsync<bool>("(() => { const end = performance.now() + 9000; while (performance.now() < end); return true; })()");

        await ExpectWholeAsync(page, net, call, id);
        Assert.Empty(page.Errors);
    }

    private static Task<ParleyServer> StartAsync(int port = 0) => ParleyServer.StartAsync(new ParleyServerOptions { Port = port });

    private static async Task<NetCall> CallAsync(CallPage page, NetPeer net)
    {
        NetCall call = await net.FirstCall;
        await page.WaitAsync("parley.peers.length === 1");
        await page.PressAsync("Call");
        await call.ExpectConnectedAsync();
        await page.ExpectConnectedAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await ExpectMediaAsync(page, net, call);
        await page.WaitAsync("parley.peers[0].channelOpen");
        return call;
    }

    private static Task ExpectMediaAsync(CallPage page, NetPeer net, NetCall call) =>
        Task.WhenAll(
            page.ExpectVideoAsync(net.Id), page.ExpectSoundAsync(net.Id), call.Video.ExpectMoreAsync(5), call.Audio.ExpectMoreAsync(25));

    // The same call between the same peers, which still negotiates.
    private static async Task ExpectWholeAsync(CallPage page, NetPeer net, NetCall call, string id)
    {
        await page.WaitAsync("parley.self.joined && document.getElementById('room-people').textContent === '2 people'");
        await page.PressAsync("Hold");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.RecvOnly);
        await page.PressAsync("Resume");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await ExpectMediaAsync(page, net, call);
        Assert.Equal(id, await page.ReadAsync<string>("parley.self.id"));
        Assert.Equal(id, call.Peer.Id);
        Assert.False(call.Left.Task.IsCompleted);
        Assert.Equal(
            ["connecting", "connected"],
            await page.ReadAsync<string[]>(
                "parley.peers[0].history.filter((each) => each.what === 'connection').map((each) => each.state)"));
        Assert.Empty(call.Failures);
        Assert.DoesNotContain(page.Errors, error =>
            !error.Contains("WebSocket", StringComparison.Ordinal) && !error.Contains("ERR_CONNECTION", StringComparison.Ordinal));
    }
}
