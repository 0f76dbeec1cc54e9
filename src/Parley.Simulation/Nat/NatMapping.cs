using Parley.Net;

namespace Parley.Simulation;

/// <summary>One mapping of a NAT, and whom its inside end has sent to.</summary>
internal sealed class NatMapping(TransportAddress inside, TransportAddress outside, TransportAddress remote)
{
    private const int MaxPermitted = 4096;
    private readonly Dictionary<TransportAddress, long> _permitted = [];

    internal TransportAddress Inside { get; } = inside;

    internal TransportAddress Outside { get; } = outside;

    /// <summary>The part of the remote end for which the mapping holds.</summary>
    internal TransportAddress Remote { get; } = remote;

    internal long LastSent { get; private set; }

    internal void NoteSent(TransportAddress remote, long now)
    {
        LastSent = now;
        if (_permitted.Count < MaxPermitted || _permitted.ContainsKey(remote))
        {
            _permitted[remote] = now;
        }
    }

    /// <summary>Whether this remote end was sent to since <paramref name="since"/>.</summary>
    internal bool IsPermitted(TransportAddress remote, long since) => _permitted.TryGetValue(remote, out var sent) && sent >= since;
}
