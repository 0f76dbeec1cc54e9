namespace Parley.Cli.Tests;

/// <summary><c>parley call</c> when its way to the server breaks, or when it gets no processor time.</summary>
public sealed class SurvivalTests
{
    public SurvivalTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");

    [Fact]
    public async Task Call_WhoseConnectionToTheServerIsCut_GoesOnAndComesBack()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using var network = new TcpProxy(new Uri(server));
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", $"{network.Address}", "--json", "--name", "Ada");
        await call.ErrorLineAsync("Host connected");

        network.Cut();

        await call.ErrorLineAsync("Reconnecting; calls go on.");
        await call.ErrorLineAsync("Connected to the server again.");
        await call.TypeAsync("h"); // negotiates
        await call.ErrorLineAsync("Host: audio is sendonly");
        await call.TypeAsync("q");
        Assert.Equal(0, await call.ExitAsync());
        await demo.OutputLineAsync("Ada left");
        Assert.DoesNotContain("disconnected", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithoutProcessorTimeUntilTheServerGaveItsSocketUp_GoesOn()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync("--verbose");
        await using var host = demo;
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", server, "--json", "--name", "Ada");
        await call.ErrorLineAsync("Host connected");

        await call.SignalAsync("STOP");
        await demo.ErrorLineAsync("lost its socket without closing it");
        await call.SignalAsync("CONT");

        await demo.ErrorLineAsync("is back");
        await call.TypeAsync("t still here");
        await call.ErrorLineAsync("Host: still here");
        Assert.DoesNotContain("Ada hung up", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada left", demo.Output, StringComparison.Ordinal);
        await call.TypeAsync("q");
        Assert.Equal(0, await call.ExitAsync());
    }

    [Fact]
    public async Task Call_Json_WithoutAConnection_Fails()
    {
        await using Server.ParleyServer server = await Server.ParleyServer.StartAsync(new Server.ParleyServerOptions { Port = 0 });
        await using CliProcess call = CliProcess.Start("call", "nobody", "--server", $"{server.Address}", "--json", "--seconds", "0.5");

        Assert.Equal(1, await call.ExitAsync());
        Assert.StartsWith("{\"room\":\"nobody\"", call.Output, StringComparison.Ordinal);
        Assert.Contains("parley: No connection came about.", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ServerAwayWithAQueryThatIsSecret_DoesNotTellIt()
    {
        await using CliProcess call = CliProcess.Start(
            "call", "demo", "--server", "http://me:s3cret@127.0.0.1:1/p?token=s3cret", "--access-token", "s3cret", "--header",
            "X-Key: s3cret", "--verbose");

        Assert.Equal(1, await call.ExitAsync());
        Assert.Contains("http://127.0.0.1:1/p", call.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", call.Error + call.Output, StringComparison.Ordinal);
    }
}
