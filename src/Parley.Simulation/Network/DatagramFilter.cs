using Parley.Net;

namespace Parley.Simulation;

/// <summary>Looks at a datagram on its way and says whether it may pass; it may change its bytes.</summary>
/// <param name="source">Where it comes from, as the link sees it.</param>
/// <param name="destination">Where it goes.</param>
/// <param name="datagram">Its bytes.</param>
/// <returns>False to lose it.</returns>
public delegate bool DatagramFilter(TransportAddress source, TransportAddress destination, Span<byte> datagram);
