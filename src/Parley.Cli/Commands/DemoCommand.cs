using System.CommandLine;
using Microsoft.Extensions.Logging;
using Parley.Cli.Calls;
using Parley.Cli.Host;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary><c>parley demo</c>: serve, and a host in room "demo" that answers everyone who comes, until Ctrl-C.</summary>
internal static class DemoCommand
{
    private const string Room = "demo";

    public static Command Create()
    {
        var server = new ServerCommandOptions();
        var connections = new ConnectionCommandOptions();
        var command = new Command("demo", "Serve the page, with a host in room \"demo\" that answers everyone who comes.");
        server.AddTo(command);
        connections.AddTo(command);
        command.SetPumpedAction((parsed, cancellation) => RunAsync(server, connections, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        ServerCommandOptions serverOptions, ConnectionCommandOptions connections, ParseResult parsed, CancellationToken cancellation)
    {
        using ILoggerFactory loggers = connections.LoggerFactory(parsed);
        await using ParleyServer server = await serverOptions.StartAsync(parsed, loggers, cancellation);
        IReadOnlyList<Uri> addresses = ServedAddresses.Of(server.Address);
        TextWriter output = parsed.InvocationConfiguration.Output;
        var settings = new CallSettings(connections.Configuration(parsed), connections.Platform(parsed), loggers, new CallClock());
        var host = new DemoHost(addresses[0], Room, settings, output);
        bool told = false;
        host.Joined += () =>
        {
            if (!told)
            {
                told = true;
                output.WriteLine($"Parley's host is in {addresses[0]}?room={Room} (Ctrl-C ends it)");
                _ = ServedAddresses.TellOthersAsync(output, addresses, Room);
            }
        };
        await host.RunAsync(cancellation);
        return 0;
    }
}
