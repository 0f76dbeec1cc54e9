using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Parley.Cli.Commands;

/// <summary>The option <c>--verbose</c>.</summary>
internal sealed class LogOption
{
    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log to standard error.",
    };

    public void AddTo(Command command) => command.Options.Add(_verbose);

    /// <summary>Where the command logs; the caller disposes it.</summary>
    public ILoggerFactory LoggerFactory(ParseResult parsed) => parsed.GetValue(_verbose)
        ? Microsoft.Extensions.Logging.LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Debug)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            })
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace))
        : NullLoggerFactory.Instance;
}
