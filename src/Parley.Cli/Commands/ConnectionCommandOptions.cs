using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Parley.Net;

namespace Parley.Cli.Commands;

/// <summary>The options of every command that makes connections.</summary>
internal sealed class ConnectionCommandOptions
{
    private readonly Option<string[]> _stun = new("--stun")
    {
        Description = "A STUN server to learn this machine's outside address from, such as stun:host:3478.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _mdns = new("--mdns")
    {
        Description = "Resolve browsers' .local candidates by multicast DNS.",
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log to standard error.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_stun);
        command.Options.Add(_mdns);
        command.Options.Add(_verbose);
    }

    /// <summary>The network as asked for: all of the machine's addresses, loopback too.</summary>
    public Platform Platform(ParseResult parsed) => new()
    {
        Network = new UdpNetwork(new UdpNetworkOptions { MulticastDns = parsed.GetValue(_mdns) }),
    };

    public PeerConnectionConfiguration Configuration(ParseResult parsed) => new()
    {
        IceServers = [.. (parsed.GetValue(_stun) ?? []).Select(url => new IceServer(url))],
    };

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
