namespace Parley;

/// <summary>How a <see cref="SharedUdpPort"/> is bound, and its bounds.</summary>
public sealed record SharedUdpPortOptions
{
    /// <summary>The port, 1 to 65,535; 0 for any that is free on all addresses.</summary>
    public int Port { get; init; }

    /// <summary>
    /// How many sockets each address has, where the system can spread what arrives over several (Linux, SO_REUSEPORT): at least 1. By
    /// default as many as there are processors.
    /// </summary>
    public int SocketsPerAddress { get; init; } = Environment.ProcessorCount;

    /// <summary>The most transports at once, at least 1; those beyond find no address to bind. By default 65,536.</summary>
    public int MaxTransports { get; init; } = 65_536;

    /// <summary>
    /// The most bytes that wait for one transport's loop, headers of the queue included, at least 2,048; those beyond are lost. By default
    /// 4 MiB, what the system holds for a socket of its own.
    /// </summary>
    public int MaxWaitingBytes { get; init; } = 4 * 1024 * 1024;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Port, nameof(Port));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue, nameof(Port));
        ArgumentOutOfRangeException.ThrowIfLessThan(SocketsPerAddress, 1, nameof(SocketsPerAddress));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTransports, 1, nameof(MaxTransports));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingBytes, 2048, nameof(MaxWaitingBytes));
    }
}
