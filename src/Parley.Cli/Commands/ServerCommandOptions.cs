using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary>The options of every command that runs a server.</summary>
internal sealed class ServerCommandOptions
{
    private readonly Option<int> _port = new("--port")
    {
        Description = "The TCP port; 0 lets the system choose.",
        DefaultValueFactory = _ => 5080,
        CustomParser = ParsePort,
    };

    private readonly Option<IPAddress> _bind = new("--bind")
    {
        Description = "The address to listen on; 0.0.0.0 or * for every one.",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = ParseAddress,
    };

    private readonly Option<string[]> _origins = new("--origin")
    {
        Description = "Another origin whose pages may join rooms, such as a reverse proxy's https://name.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _iceServers = new("--ice-server")
    {
        Description = "A STUN server the page shall use, such as stun:host:3478.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_bind);
        command.Options.Add(_origins);
        command.Options.Add(_iceServers);
    }

    /// <summary>Starts the server, or says why it cannot and returns null.</summary>
    public async Task<ParleyServer?> StartAsync(ParseResult parsed, ILoggerFactory? loggers, CancellationToken cancellation)
    {
        var options = new ParleyServerOptions
        {
            Bind = parsed.GetValue(_bind) ?? IPAddress.Loopback,
            Port = parsed.GetValue(_port),
        };
        foreach (string origin in parsed.GetValue(_origins) ?? [])
        {
            options.Signaling.AllowedOrigins.Add(origin);
        }

        foreach (string url in parsed.GetValue(_iceServers) ?? [])
        {
            options.Signaling.IceServers.Add(new IceServerOptions([url]));
        }

        try
        {
            return await ParleyServer.StartAsync(options, loggers, cancellationToken: cancellation);
        }
        catch (IOException exception)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"parley: {exception.Message}");
            return null;
        }
    }

    private static int ParsePort(ArgumentResult argument)
    {
        if (!ushort.TryParse(argument.Tokens.Single().Value, CultureInfo.InvariantCulture, out ushort port))
        {
            argument.AddError("A port is a number from 0 to 65535.");
        }

        return port;
    }

    private static IPAddress? ParseAddress(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        switch (text)
        {
            case "*":
                return IPAddress.IPv6Any;
            case "localhost":
                return IPAddress.Loopback;
        }

        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            argument.AddError($"'{text}' is not an IP address.");
        }

        return address;
    }
}
