using System.CommandLine;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary><c>parley serve</c>: the page and the rooms, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var options = new ServerCommandOptions();
        var command = new Command("serve", "Serve the page at / and signaling at /rooms/{room}.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using ParleyServer? server = await options.StartAsync(parsed, null, cancellation);
            if (server is null)
            {
                return 1;
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Parley serves {server.Address}?room=demo (Ctrl-C ends it)");
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return 0;
        });
        return command;
    }
}
