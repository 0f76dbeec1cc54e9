using System.CommandLine;
using System.Text;
using System.Text.Json;
using Parley.Cli.Bench;

namespace Parley.Cli.Commands;

/// <summary><c>parley bench</c>: measures whole connections over loopback sockets and prints one JSON line.</summary>
internal static class BenchCommand
{
    private const double MaxSeconds = 7 * 24 * 3600;
    private const int MaxMessage = 256 * 1024;
    private const int MaxConnections = 10_000;

    public static Command Create()
    {
        var workload = new Argument<string>("WORKLOAD") { Description = $"What to measure: {string.Join(", ", Workload.All.Keys)}." };
        workload.AcceptOnlyFromAmong([.. Workload.All.Keys]);
        var seconds = NumberOption.Real("--seconds", "How long to measure, after warming up; 5 when not given.", above: 0, MaxSeconds);
        var duration = NumberOption.Time(
            "--duration", "The same with a unit: 90s, 30m, 2h. A soak lasts 30m when not told.", TimeSpan.FromSeconds(MaxSeconds));
        var message = NumberOption.Whole("--message", "Bytes of a message, or of an RTP payload.", least: 12, MaxMessage);
        var two = new Option<bool>("--two-processes") { Description = "The other side in a process of its own." };
        var connections = NumberOption.Whole("--connections", "How many connections (connect, memory).", least: 1, MaxConnections);
        var shared = new Option<bool>("--shared-port") { Description = "The measuring side's connections share one UDP port." };
        var peer = new Option<bool>("--peer") { Hidden = true };
        var command = new Command(
            "bench",
            "Measure connections over this machine's loopback.") { workload, seconds, duration, message, two, connections, shared, peer };
        command.SetPlainAction(async (parsed, cancellation) =>
        {
            Workload chosen = Workload.All[parsed.GetValue(workload)!];
            if (parsed.GetValue(peer))
            {
                await ServeAsync(chosen);
                return 0;
            }

            var options = new BenchOptions
            {
                Seconds = parsed.GetValue(duration)?.TotalSeconds ?? parsed.GetValue(seconds) ?? chosen.DefaultSeconds,
                Message = parsed.GetValue(message),
                TwoProcesses = parsed.GetValue(two),
                SharesPort = parsed.GetValue(shared),
                Connections = parsed.GetValue(connections),
            };
            (string result, bool isGood) = await MeasureAsync(chosen, options, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(result);
            return isGood ? 0 : 1;
        });
        return command;
    }

    private static async Task<(string Result, bool IsGood)> MeasureAsync(
        Workload workload, BenchOptions options, CancellationToken cancellation)
    {
        using var json = new MemoryStream();
        bool isGood;
        await using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("workload", workload.Name);
            writer.WriteNumber("seconds", options.Seconds);
            writer.WriteNumber("message", options.Message ?? workload.DefaultMessage);
            writer.WriteNumber("connections", options.Connections ?? workload.DefaultConnections);
            writer.WriteBoolean("two_processes", options.TwoProcesses);
            writer.WriteBoolean("shared_port", options.SharesPort);
            await using (BenchLink link = options.TwoProcesses ? new ChildLink(workload) : new InProcessLink(workload))
            {
                isGood = await workload.RunAsync(options, link, writer, cancellation);
            }

            writer.WriteEndObject();
        }

        return (Encoding.UTF8.GetString(json.ToArray()), isGood);
    }

    // The other process: it serves until its input ends.
    private static async Task ServeAsync(Workload workload)
    {
        var input = new StreamReader(Console.OpenStandardInput());
        var output = new StreamWriter(Console.OpenStandardOutput());
        List<Task> serving = [];
        await new LineSignaling(input, output, channel => serving.Add(workload.ServeAsync(channel))).RunAsync();
        await Task.WhenAll(serving);
    }
}
