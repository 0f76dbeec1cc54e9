using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Parley.Signaling;

namespace Parley.Cli.Tests;

/// <summary>Ctrl-C, at each moment of a command's life.</summary>
public sealed class InterruptTests
{
    // Two seconds is what is promised; the machine that tests has more to do.
    private static TimeSpan Soon => Patience.Of(TimeSpan.FromSeconds(5));

    public InterruptTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");

    [Fact]
    public async Task Demo_InterruptedWithACallUp_BothEndCleanly()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", server);
        await demo.OutputLineAsync("connected");
        await EndsAsync(demo, "INT");

        // The caller loses the room, says so, and waits for it.
        await call.OutputLineAsync("Reconnecting");
        await EndsAsync(call, "INT");
    }

    [Fact]
    public async Task Demo_InterruptedWhenReady_EndsCleanly()
    {
        (CliProcess demo, _) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await EndsAsync(demo, "INT");
    }

    [Theory]
    [InlineData("Host is here")]
    [InlineData("Host connected")]
    public async Task Call_Interrupted_EndsCleanlyAndReports(string moment)
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", server, "--json");
        await call.ErrorLineAsync(moment);
        await EndsAsync(call, "INT", quiet: false);
        Assert.StartsWith("{\"room\":\"demo\"", call.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_InterruptedWhileJoining_EndsCleanly()
    {
        // A server that takes the connection and says nothing.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", $"http://{listener.LocalEndpoint}");
        using Socket accepted = await listener.AcceptSocketAsync();
        await EndsAsync(call, "INT");
    }

    [Fact]
    public async Task Call_InterruptedWhileConnecting_EndsCleanly()
    {
        await using Server.ParleyServer server = await Server.ParleyServer.StartAsync(new Server.ParleyServerOptions { Port = 0 });
        await using SignalingClient mute = await SignalingClient.JoinAsync(server.Address, "demo", "Mute");
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", $"{server.Address}");
        await foreach (SignalingEvent happened in mute.ReadEventsAsync())
        {
            Assert.NotNull(await ((PeerJoined)happened).Peer.Channel.ReceiveAsync());
            break;
        }

        await EndsAsync(call, "TERM");
    }

    private static async Task EndsAsync(CliProcess process, string signal, bool quiet = true)
    {
        long start = Stopwatch.GetTimestamp();
        await process.SignalAsync(signal);
        int code = await process.ExitAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        bool mayFail = process.Output.StartsWith('{') && !process.Output.Contains("\"state\":\"connected\"", StringComparison.Ordinal);
        Assert.True(code == (mayFail ? 1 : 0), $"Code {code}: {process.Output}\n{process.Error}");
        Assert.True(took < Soon, $"It took {took}.");
        Assert.DoesNotContain("Exception", process.Error + process.Output, StringComparison.Ordinal);
        if (quiet)
        {
            Assert.Equal("", process.Error);
        }
    }
}
