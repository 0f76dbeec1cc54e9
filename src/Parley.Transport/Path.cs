using Parley.Net;

namespace Parley.Transport;

/// <summary>A way to the peer: what the driver needs to carry a batch.</summary>
/// <param name="Local">The local end.</param>
/// <param name="Remote">The peer's address, as seen from there.</param>
public readonly record struct Path(LocalPath Local, TransportAddress Remote);
