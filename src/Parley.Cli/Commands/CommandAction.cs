using System.CommandLine;
using System.Net.Sockets;
using Parley.Signaling;

namespace Parley.Cli.Commands;

/// <summary>How a command runs: on the pump, with Ctrl-C as a good end and the expected failures as one line.</summary>
internal static class CommandAction
{
    /// <summary>Makes it a command's action.</summary>
    public static void SetPumpedAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction((parsed, cancellation) => EventPump.RunAsync(() => RunAsync(action, parsed, cancellation)));

    /// <summary>Makes it a command's action, on the thread pool.</summary>
    public static void SetPlainAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction((parsed, cancellation) => RunAsync(action, parsed, cancellation));

    private static async Task<int> RunAsync(
        Func<ParseResult, CancellationToken, Task<int>> action, ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            return await action(parsed, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is SignalingException or IOException or SocketException or InvalidDataException
            or NotSupportedException or UnauthorizedAccessException or CommandException or TimeoutException or RtcException
            or ArgumentException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"parley: {Printable.Of(exception.Message.ReplaceLineEndings(" "))}");
            return 1;
        }
    }
}
