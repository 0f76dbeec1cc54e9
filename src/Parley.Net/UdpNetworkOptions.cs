namespace Parley.Net;

/// <summary>How a <see cref="UdpNetwork"/> uses the machine.</summary>
public sealed record UdpNetworkOptions
{
    /// <summary>
    /// Whether names under <c>.local</c> are asked for by multicast DNS (RFC 6762). If not, they are unknown; DNS is never asked for them.
    /// </summary>
    public bool MulticastDns { get; init; } = true;

    /// <summary>
    /// Which of the machine's addresses to use; null for all. <c>address => IPAddress.IsLoopback(address.Address)</c> keeps to this
    /// machine.
    /// </summary>
    public Func<LocalAddress, bool>? Include { get; init; }

    /// <summary>
    /// Whether datagrams travel in batches where the system can (Linux: segmentation and receive offload). Otherwise one system call is
    /// made for each.
    /// </summary>
    public bool Batching { get; init; } = true;

    /// <summary>
    /// The clock of <see cref="DatagramBatch.ArrivedAt"/>: the same as <see cref="Platform.TimeProvider"/>, else the times that a
    /// connection compares come from two clocks.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The bytes the system is asked to hold for each socket and direction; it may give less. By default 2 MiB.</summary>
    public int SocketBufferBytes { get; init; } = 2 * 1024 * 1024;
}
