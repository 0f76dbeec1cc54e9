namespace Parley.Net;

/// <summary>What an interface leads to; candidate priorities (RFC 8421) and network costs follow from it.</summary>
public enum NetworkInterfaceKind
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>This machine only.</summary>
    Loopback,

    /// <summary>A cable.</summary>
    Ethernet,

    /// <summary>A wireless LAN.</summary>
    Wireless,

    /// <summary>A mobile network.</summary>
    Cellular,

    /// <summary>A tunnel or virtual private network.</summary>
    Tunnel,
}
