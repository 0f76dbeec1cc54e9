using System.CommandLine;
using System.Net;
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

    private static async Task<int> RunAsync(ServerCommandOptions serverOptions, ConnectionCommandOptions connections, ParseResult parsed, CancellationToken cancellation)
    {
        using ILoggerFactory loggers = connections.LoggerFactory(parsed);
        await using ParleyServer? server = await serverOptions.StartAsync(parsed, loggers, cancellation);
        if (server is null)
        {
            return 1;
        }

        TextWriter output = parsed.InvocationConfiguration.Output;
        var settings = new CallSettings(connections.Configuration(parsed), connections.Platform(parsed), loggers, new CallClock());
        var host = new DemoHost(Reachable(server.Address), Room, settings, output);
        bool told = false;
        host.Joined += () =>
        {
            if (!told)
            {
                told = true;
                output.WriteLine($"Parley's host is in {server.Address}?room={Room} (Ctrl-C ends it)");
            }
        };
        await host.RunAsync(cancellation);
        return 0;
    }

    // A server on every address is joined on this machine's own.
    private static Uri Reachable(Uri address) =>
        IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = "127.0.0.1" }.Uri
            : address;
}
