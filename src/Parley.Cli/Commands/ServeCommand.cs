using System.CommandLine;
using Microsoft.Extensions.Logging;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary><c>parley serve</c>: the page and the rooms, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var options = new ServerCommandOptions();
        var log = new LogOption();
        var command = new Command("serve", "Serve the page at / and signaling at /rooms/{room}.");
        options.AddTo(command);
        log.AddTo(command);
        command.SetPlainAction(async (parsed, cancellation) =>
        {
            using ILoggerFactory loggers = log.LoggerFactory(parsed);
            await using ParleyServer server = await options.StartAsync(parsed, loggers, cancellation);
            TextWriter output = parsed.InvocationConfiguration.Output;
            IReadOnlyList<Uri> addresses = ServedAddresses.Of(server.Address);
            await output.WriteLineAsync($"Parley serves {addresses[0]}?room=demo (Ctrl-C ends it)");
            await ServedAddresses.TellOthersAsync(output, addresses, "demo");
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return 0;
        });
        return command;
    }
}
