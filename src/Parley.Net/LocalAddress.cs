using System.Net;

namespace Parley.Net;

/// <summary>An address of this machine.</summary>
/// <param name="Address">The IP address.</param>
/// <param name="InterfaceName">The name of the network interface that has it.</param>
/// <param name="InterfaceKind">What kind of network it leads to.</param>
public sealed record LocalAddress(IPAddress Address, string InterfaceName, NetworkInterfaceKind InterfaceKind);
