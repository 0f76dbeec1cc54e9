using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley;

/// <summary>
/// One UDP port for any number of connections: give it to each by <see cref="PeerConnectionConfiguration.SharedPort"/>, and their host
/// candidates share the port on every address of the machine. What arrives is told apart first by the username fragment in the peer's
/// checks, then by the remote address that such a check has proved (docs/single-port.md). All members may be used from any thread.
/// </summary>
/// <remarks>Two transports cannot have the same remote address at once: two connections between the same two shared ports cannot both carry
/// data.</remarks>
public sealed class SharedUdpPort : IDisposable
{
    private const int Attempts = 16;
    private readonly Platform _platform;
    private readonly ILogger _logger;
    private readonly List<SharedAddress> _addresses = [];
    private readonly PortTable _table;
    private int _closed;

    /// <summary>Binds the port on every address of the platform's network. Addresses that come later are not added.</summary>
    /// <param name="options">The port's number and bounds; null for any port and the defaults.</param>
    /// <param name="platform">Network, scheduler and randomness, those of the connections; null for the machine's own.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="SocketException">No address could be bound.</exception>
    public SharedUdpPort(SharedUdpPortOptions? options = null, Platform? platform = null, ILoggerFactory? loggerFactory = null)
    {
        Options = options ?? new SharedUdpPortOptions();
        Options.Validate();
        _platform = platform ?? Platform.Default;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SharedUdpPort>();
        _table = new PortTable(Options.MaxTransports, Counters);
        Bind();
        foreach (var lane in _addresses.SelectMany(static address => address.Lanes))
        {
            lane.Start();
        }
    }

    /// <summary>The port's number.</summary>
    public int Port => _addresses[0].Local.Port;

    /// <summary>How many sockets it has in all.</summary>
    public int Sockets => _addresses.Sum(static address => address.Lanes.Count);

    /// <summary>How many transports use it now; a connection that bundles has one.</summary>
    public int Transports => _table.Members;

    /// <summary>What arrived, and what was dropped.</summary>
    public SharedUdpPortCounters Counters { get; } = new();

    internal SharedUdpPortOptions Options { get; }

    internal IReadOnlyList<SharedAddress> Addresses => _addresses;

    internal PortTable Table => _table;

    internal int Entries => _table.Entries;

    /// <summary>Closes the sockets. Connections that still use the port lose their path.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            foreach (var lane in _addresses.SelectMany(static address => address.Lanes))
            {
                lane.Dispose();
            }
        }
    }

    /// <summary>Takes a transport in; null when there are too many, or the port is closed.</summary>
    internal PortMember? Join() => Volatile.Read(ref _closed) == 0 ? _table.Add(this, _platform.Random) : null;

    private void Bind()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = (ushort)Options.Port;
            SocketException? failure = null;
            foreach (var address in _platform.Network.LocalAddresses)
            {
                if (address.Address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
                {
                    continue;
                }

                try
                {
                    var sockets = _platform.Network.BindGroup(new TransportAddress(address.Address, port), Options.SocketsPerAddress);
                    port = sockets[0].LocalAddress.Port;
                    _addresses.Add(
                        new SharedAddress(sockets, address.InterfaceKind, _addresses.Count, _table, _platform.Scheduler, _logger));
                }
                catch (SocketException error)
                {
                    failure = error;
                    ConnectionLog.BindFailed(_logger, address.InterfaceKind.ToString(), error.SocketErrorCode.ToString());
                    if (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
                    {
                        break;
                    }
                }
            }

            // A free port of one address may be taken on another: then all look for the next one.
            if (failure?.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                _addresses.ForEach(static address => address.Dispose());
                _addresses.Clear();
                if (Options.Port == 0 && attempt < Attempts)
                {
                    continue;
                }
            }

            if (_addresses.Count == 0)
            {
                throw failure ?? new SocketException((int)SocketError.AddressNotAvailable);
            }

            return;
        }
    }
}
