using System.CommandLine;
using System.Diagnostics;
using Parley.Cli.Commands;

namespace Parley.Cli.Tests;

/// <summary><c>parley serve</c>, in the process and as the program that people start.</summary>
public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "http")]
    [InlineData("--bind", "nowhere")]
    [InlineData("--unknown")]
    public async Task Serve_BadOption_SaysSoAndFails(params string[] arguments)
    {
        (int code, string output, string error) = await InvokeAsync(arguments);

        Assert.NotEqual(0, code);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("Parley serves", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortTaken_SaysSoAndFails()
    {
        await using Server.ParleyServer other = await Server.ParleyServer.StartAsync(new Server.ParleyServerOptions { Port = 0 });

        (int code, _, string error) = await InvokeAsync("--port", $"{other.Address.Port}");

        Assert.Equal(1, code);
        Assert.StartsWith("parley: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OnEveryAddress_PrintsWhatAPersonCanOpenAndThatOthersNeedHttps()
    {
        await using CliProcess serve = CliProcess.Start("serve", "--port", "0", "--bind", "*");
        string line = await serve.OutputLineAsync("Parley serves ");
        var own = new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)));
        string[] others = [.. System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .Where(each => each.OperationalStatus == System.Net.NetworkInformation.OperationalStatus.Up)
            .SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address)
            .Where(each => each.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !System.Net.IPAddress.IsLoopback(each))
            .Select(each => $"http://{each}:{own.Port}/?room=demo")];
        if (others.Length > 0)
        {
            await serve.OutputLineAsync("HTTPS");
        }

        Assert.True(own.IsLoopback);
        Assert.Equal("?room=demo", own.Query);
        Assert.DoesNotContain("[::]", serve.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0.0.0", serve.Output, StringComparison.Ordinal);
        Assert.All(others, other => Assert.Contains(other, serve.Output, StringComparison.Ordinal));
        using var http = new HttpClient();
        Assert.Contains("Parley", await http.GetStringAsync(own), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Verbose_LogsToStandardError()
    {
        await using CliProcess serve = CliProcess.Start("serve", "--port", "0", "--verbose");
        string line = await serve.OutputLineAsync("Parley serves ");
        var address = new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)));

        await using Signaling.SignalingClient client = await Signaling.SignalingClient.JoinAsync(new Uri(address, "/"), "demo");

        await serve.ErrorLineAsync($"Peer {client.Id} joined");
        Assert.DoesNotContain("joined", serve.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Serve_Signalled_EndsCleanly(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        string program = Path.Combine(AppContext.BaseDirectory, "Parley.Cli.dll");
        using var process =
            Process.Start(
                new ProcessStartInfo(
                    "dotnet", [program, "serve", "--port", "0"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string? line = await process.StandardOutput.ReadLineAsync();
        Assert.Contains("http://127.0.0.1:", line!, StringComparison.Ordinal);
        using var http = new HttpClient();
        string address = line!.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal));
        Assert.Contains("Parley", await http.GetStringAsync(address), StringComparison.Ordinal);

        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<(int Code, string Output, string Error)> InvokeAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await new RootCommand { ServeCommand.Create() }
            .Parse(["serve", .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
