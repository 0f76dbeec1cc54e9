using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
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

    private readonly Option<string[]> _hosts = new("--host")
    {
        Description = "A name of this server beside localhost, its IP addresses and the hosts of --origin; * for any.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _proxies = new("--proxy")
    {
        Description = "A reverse proxy, as address or network, whose X-Forwarded-For tells who asks.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<double?> _grace = NumberOption.Real(
        "--grace", "For how many seconds the place of a peer is kept that lost its connection; 30 when not given.", above: 0, most: 3600);

    public void AddTo(Command command)
    {
        IceServerOption.Check(_iceServers);
        foreach (Option option in (Option[])[_port, _bind, _origins, _hosts, _proxies, _iceServers, _grace])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Starts the server.</summary>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    /// <exception cref="CommandException">An option is malformed.</exception>
    public async Task<ParleyServer> StartAsync(ParseResult parsed, ILoggerFactory? loggers, CancellationToken cancellation)
    {
        var options = new ParleyServerOptions
        {
            Bind = parsed.GetValue(_bind) ?? IPAddress.Loopback,
            Port = parsed.GetValue(_port),
        };
        SignalingOptions signaling = options.Signaling;
        AddTo(signaling.AllowedOrigins, parsed.GetValue(_origins));
        AddTo(signaling.AllowedHosts, parsed.GetValue(_hosts));
        AddTo(signaling.TrustedProxies, parsed.GetValue(_proxies));
        foreach (string url in parsed.GetValue(_iceServers) ?? [])
        {
            signaling.IceServers.Add(new IceServerOptions([url]));
        }

        if (parsed.GetValue(_grace) is { } seconds)
        {
            signaling.ResumeGrace = TimeSpan.FromSeconds(seconds);
        }

        try
        {
            return await ParleyServer.StartAsync(options, loggers, cancellationToken: cancellation);
        }
        catch (OptionsValidationException exception)
        {
            throw new CommandException(exception.Message);
        }
    }

    private static void AddTo(IList<string> values, string[]? given)
    {
        foreach (string value in given ?? [])
        {
            values.Add(value);
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
