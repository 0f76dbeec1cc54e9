using System.CommandLine;
using System.CommandLine.Invocation;

namespace Parley.Cli.Commands;

/// <summary>Runs a command line; one that cannot be understood is answered in one line, and not with a page of help.</summary>
internal static class Usage
{
    public static Task<int> RunAsync(
        RootCommand root, IReadOnlyList<string> arguments, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        ParseResult parsed = root.Parse(arguments);
        return parsed.Action is ParseErrorAction && parsed.Errors.Count > 0
            ? RefuseAsync(parsed, configuration)
            : parsed.InvokeAsync(configuration, cancellation);
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, InvocationConfiguration configuration)
    {
        string command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        string error = string.Join(' ', parsed.Errors[0].Message.Split((char[])['\r', '\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        await configuration.Error.WriteLineAsync($"parley: {Printable.Of(error)} (parley {command}--help tells more)");
        return 1;
    }
}
