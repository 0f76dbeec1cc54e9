using System.Collections.Concurrent;
using System.Net;
using Parley.Interop.Peers;
using Parley.Net;
using Parley.Server;

namespace Parley.Interop;

/// <summary>coturn as the STUN server.</summary>
public sealed class StunTests(Browser browser, InteropReport report)
{
    // Of loopback, since a base there asks only servers there; but not one that our sockets are bound to.
    private static readonly IPAddress Inside = IPAddress.Parse("127.0.0.77");

    [Fact]
    public async Task Gathering_BehindATranslator_ThePageReachesUsAtTheReflexiveAddress()
    {
        await using StunServer stun = await StunServer.StartAsync();
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using NetPeer net = await NetPeer.JoinAsync(server, "stun", platform: BehindNat, configuration: Servers(stun.Port));
        await using CallPage page = await browser.OpenAsync(server.Address, "stun", "Ada");
        NetCall call = await net.FirstCall;
        await page.PressAsync("Call");
        await call.ExpectConnectedAsync();
        await page.ExpectConnectedAsync();
        await call.WaitAsync(() => call.Connection.IceGatheringState == IceGatheringState.Complete, "gathering complete");

        // What the events tell: the inside address, and what coturn saw of it.
        // The first section's: it carries all once the page bundles.
        IceCandidate host = Assert.Single(call.Candidates, c => c is { Type: IceCandidateType.Host, SdpMLineIndex: 0 });
        Assert.Equal("127.0.0.77", host.Address);
        IceCandidate reflexive = Assert.Single(call.Candidates, c => c is { Type: IceCandidateType.ServerReflexive, SdpMLineIndex: 0 });
        Assert.Equal(("127.0.0.1", host.Port), (reflexive.Address, reflexive.Port));
        Assert.Equal(("127.0.0.77", host.Port), (reflexive.RelatedAddress, reflexive.RelatedPort));
        Assert.Equal($"stun:127.0.0.1:{stun.Port}", reflexive.Url);
        Assert.Empty(call.CandidateErrors);

        // What the figures tell, on both sides.
        Assert.Contains((await call.Connection.GetStatsAsync()).OfType<IceCandidateStats>(), c =>
            !c.IsRemote && c.CandidateType == IceCandidateType.ServerReflexive && c.Address == "127.0.0.1");
        await page.WaitStatsAsync(
            net.Id,
            $"(() => {{ const t = stats.find((s) => s.type === 'transport'); const p = stats.find((s) => s.id === "
            + "t?.selectedCandidatePairId); const c = stats.find((s) => s.id === p?.remoteCandidateId); "
            + $"return c?.address === '127.0.0.1' && c.port === {reflexive.Port}; }})()");
        await page.ExpectVideoAsync(net.Id);
        Assert.Empty(call.Failures);
        report.Add(
            $"coturn {stun.Version}",
            "STUN server for a peer behind a translator",
            "a server-reflexive candidate with the address coturn saw; Chromium reaches Parley there");
    }

    [Fact]
    public async Task Gathering_NobodyAnswers_TellsSoAndEnds()
    {
        int port = StunServer.FreePort();
        await using var connection = new PeerConnection(Servers(port), BehindNat);
        var errors = new ConcurrentQueue<IceCandidateErrorEventArgs>();
        connection.IceCandidateError += (_, e) => errors.Enqueue(e);
        connection.CreateDataChannel("chat");

        await connection.SetLocalDescriptionAsync();
        await Until.TrueAsync(() => connection.IceGatheringState == IceGatheringState.Complete, () =>
            $"complete: {connection.IceGatheringState}, {errors.Count} errors");

        IceCandidateErrorEventArgs error = Assert.Single(errors);
        Assert.Equal((701, $"stun:127.0.0.1:{port}"), (error.ErrorCode, error.Url));
        Assert.DoesNotContain("typ srflx", connection.LocalDescription!.Sdp);
    }

    private static Platform BehindNat => Platform.Default with { Network = new NatNetwork(Inside) };

    private static PeerConnectionConfiguration Servers(int port) => new() { IceServers = [new IceServer($"stun:127.0.0.1:{port}")] };
}
