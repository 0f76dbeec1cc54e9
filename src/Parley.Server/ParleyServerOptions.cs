using System.Net;

namespace Parley.Server;

/// <summary>Where a <see cref="ParleyServer"/> listens, and its bounds.</summary>
public sealed class ParleyServerOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1; <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</summary>
    public IPAddress Bind { get; set; } = IPAddress.Loopback;

    /// <summary>The TCP port, 0 to 65,535; 0 lets the system choose one. Default 5080.</summary>
    public int Port { get; set; } = 5080;

    /// <summary>How many sockets are open at once, at least 1. Default 20,000.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>The bounds of the rooms.</summary>
    public SignalingOptions Signaling { get; } = new();
}
