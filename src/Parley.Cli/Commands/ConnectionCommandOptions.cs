using System.CommandLine;
using Microsoft.Extensions.Logging;
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

    private readonly LogOption _log = new();

    public void AddTo(Command command)
    {
        IceServerOption.Check(_stun);
        command.Options.Add(_stun);
        command.Options.Add(_mdns);
        _log.AddTo(command);
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

    public ILoggerFactory LoggerFactory(ParseResult parsed) => _log.LoggerFactory(parsed);
}
