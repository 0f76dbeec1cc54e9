using System.Net;

namespace Parley.Net;

/// <summary>
/// What a connection stands on: the network, the clock, the scheduler and the source of randomness. Production uses
/// <see cref="Default"/>; a simulation replaces all four, so that the same code runs on virtual time.
/// </summary>
public sealed record Platform
{
    /// <summary>The real network, the system's clock, the thread pool and the system's random generator.</summary>
    public static Platform Default { get; } = new();

    /// <summary>The same, but of all addresses only 127.0.0.1, and no multicast: for peers of one machine, in samples and tests.</summary>
    public static Platform Loopback { get; } = new()
    {
        Network = new UdpNetwork(
            new UdpNetworkOptions { MulticastDns = false, Include = static local => local.Address.Equals(IPAddress.Loopback) }),
    };

    /// <summary>Sockets, local addresses and name look-up.</summary>
    public INetwork Network { get; init; } = UdpNetwork.Default;

    /// <summary>The clock: monotonic timestamps, timers, and wall-clock time for reports.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Runs loops and event queues.</summary>
    public IScheduler Scheduler { get; init; } = ThreadPoolScheduler.Instance;

    /// <summary>Random numbers for all that is not a long-term key.</summary>
    public RandomSource Random { get; init; } = RandomSource.System;
}
