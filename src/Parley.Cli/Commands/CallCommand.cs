using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Parley.Cli.Calls;
using Parley.Signaling;
using Spectre.Console;

namespace Parley.Cli.Commands;

/// <summary><c>parley call</c>: a .NET peer in a room, until its time is over, Ctrl-C, or q.</summary>
internal static class CallCommand
{
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var options = new CallCommandOptions();
        var command = new Command("call", "Join a room and talk to everyone in it.");
        options.AddTo(command);
        command.SetPumpedAction((parsed, cancellation) => RunAsync(options, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CallCommandOptions options, ParseResult parsed, CancellationToken cancellation)
    {
        using MediaInput? audio = parsed.GetValue(options.Audio) is { } sound and not "none"
            ? await MediaInput.AudioAsync(sound, cancellation)
            : null;
        using MediaInput? video = parsed.GetValue(options.Video) is { } picture and not "none"
            ? await MediaInput.VideoAsync(picture, cancellation)
            : null;
        var call = new CallOptions
        {
            Audio = audio,
            Video = video,
            RecordDirectory = parsed.GetValue(options.Record),
            Say = parsed.GetValue(options.Say) ?? [],
        };
        using ILoggerFactory loggers = options.Connections.LoggerFactory(parsed);
        var settings = new CallSettings(
            options.Connections.Configuration(parsed), options.Connections.Platform(parsed), loggers, new CallClock());
        string name = parsed.GetValue(options.Name) ?? "";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bool json = parsed.GetValue(options.Json);
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter lines = json ? parsed.InvocationConfiguration.Error : output;
        CallReport report;
        string? lost = null;
        await using (SignalingClient client = await JoinAsync(options, parsed, loggers, cancellation))
        {
            if (parsed.GetValue(options.Seconds) is { } seconds)
            {
                ending.CancelAfter(TimeSpan.FromSeconds(seconds));
            }

            Action<string> tell = static _ => { };
            await using var mesh = new MeshCall(client, settings, call, line => tell(line));
            Task showing = Show(mesh, isTerminal: !json && IsTerminal, lines, ending, out tell);
            tell($"In room {client.Room} as {client.Id}");
            TellErrors(audio, tell);
            TellErrors(video, tell);
            lost = await TalkAsync(mesh, ending.Token);
            await ending.CancelAsync();
            await showing.ContinueWith(static _ => { }, TaskScheduler.Default);
            await mesh.DisposeAsync();
            report = await mesh.ReportAsync(name);
        }

        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, CallReportJson.Default.CallReport));
        }

        foreach (PeerReport peer in json ? [] : report.Peers)
        {
            foreach (string line in peer.Recordings.Select(file => $"Recorded {file}")
                .Concat(peer.RecordingErrors.Select(error => $"Not recorded: {error}")))
            {
                await output.WriteLineAsync(line);
            }
        }

        if (lost is null
            && json
            && !report.Peers.Any(static peer => peer.States.Connection.Any(static entry => entry.State == "connected")))
        {
            lost = "No connection came about.";
        }

        return lost is null ? 0 : throw new CommandException(lost);
    }

    private static void TellErrors(MediaInput? input, Action<string> tell)
    {
        if (input is not null)
        {
            input.Track.Ended += (_, _) => tell(input.Error ?? $"{input.Track.Label} is over");
        }
    }

    private static async Task<SignalingClient> JoinAsync(
        CallCommandOptions options, ParseResult parsed, ILoggerFactory loggers, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(JoinTime);
        try
        {
            return await SignalingClient.JoinAsync(
                parsed.GetValue(options.Server)!, parsed.GetValue(options.Room)!, options.Joining(parsed, loggers), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException("The server does not answer.");
        }
    }

    private static bool IsTerminal => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    // What is drawn again and again needs a terminal that can go back.
    private static bool CanDraw => AnsiConsole.Profile.Capabilities.Ansi && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    private static Task Show(MeshCall mesh, bool isTerminal, TextWriter lines, CancellationTokenSource ending, out Action<string> tell)
    {
        if (isTerminal && CanDraw)
        {
            var keys = new CallKeys(mesh, ending.Cancel);
            var table = new CallTable(AnsiConsole.Console, mesh) { Keys = keys };
            keys.Changed += table.Show;
            tell = table.Tell;
            keys.Start(terminal: true);
            return table.RunAsync(ending.Token);
        }

        var plain = new CallLines(lines, mesh);
        tell = plain.Tell;
        if (Console.IsInputRedirected || isTerminal)
        {
            new CallKeys(mesh, ending.Cancel) { Figures = () => _ = plain.TellFiguresAsync() }.Start(terminal: false);
        }

        return plain.RunAsync(ending.Token);
    }

    // Why the room was lost; null when the call ended as it should.
    private static async Task<string?> TalkAsync(MeshCall mesh, CancellationToken ending)
    {
        try
        {
            await mesh.RunAsync(ending);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (SignalingException exception)
        {
            return exception.Message;
        }
    }
}
