namespace Parley;

// The pool of transports that gather before a description asks for them (RFC 9429 §3.5.5 and §4.1.18).
public sealed partial class PeerConnection
{
    private readonly List<PeerTransport> _pool = [];

    /// <summary>A transport for a section that is planned: one from the pool that no plan has taken, else a new one.</summary>
    /// <param name="planned">The transports that the plan has already.</param>
    /// <param name="credentials">The ICE credentials that a restart announces; null for those of the other transports.</param>
    internal PeerTransport NewTransport(IEnumerable<PeerTransport?> planned, Ice.IceCredentials? credentials = null)
    {
        PeerTransport[] taken = [.. planned.OfType<PeerTransport>()];
        return credentials is null
            ? _pool.Find(transport => !taken.Contains(transport)) ?? new PeerTransport(this, SharedCredentials(taken))
            : new PeerTransport(this, credentials);
    }

    /// <summary>
    /// The credentials of a new transport: those of the others, so that all sections of a description have the same, as browsers write
    /// them.
    /// </summary>
    private Ice.IceCredentials SharedCredentials(IEnumerable<PeerTransport> planned) =>
        planned.Concat(_transports).Concat(_pool).FirstOrDefault(transport => !transport.IsClosed)?.LocalCredentials ?? NewCredentials();

    /// <summary>What gathering tells goes to the queue; of a transport that is in the pool, once a local description uses it.</summary>
    private void TellOfGathering(PeerTransport transport, Action task)
    {
        lock (Gate)
        {
            if (!transport.TryHold(task))
            {
                Queue.Enqueue(task);
            }
        }
    }

    /// <summary>
    /// "Pool size changes take effect immediately": more begin to gather, superfluous ones are discarded; with other servers or another
    /// policy all gather anew. What a created offer has announced already is kept.
    /// </summary>
    private void AdjustPool(PeerConnectionConfiguration? old)
    {
        if (_setLocalDescriptionWasCalled)
        {
            return;
        }

        var isStale = old is not null
            && (old.IceTransportPolicy != _configuration.IceTransportPolicy || !HaveSameServers(old, _configuration));
        var surplus = isStale ? _pool.Count : Math.Max(0, _pool.Count - _configuration.IceCandidatePoolSize);
        foreach (var transport in _pool.AsEnumerable().Reverse().Take(surplus).Where(transport => !IsAnnounced(transport)).ToArray())
        {
            _pool.Remove(transport);
            transport.Close();
        }

        while (_pool.Count < _configuration.IceCandidatePoolSize)
        {
            var transport = new PeerTransport(this, SharedCredentials([]));
            _pool.Add(transport);
            transport.GatherAhead();
        }
    }

    private static bool HaveSameServers(PeerConnectionConfiguration one, PeerConnectionConfiguration other) =>
        one.IceServers.Count == other.IceServers.Count
        && one.IceServers.Zip(other.IceServers).All(pair =>
            pair.First.Urls.SequenceEqual(pair.Second.Urls)
                && pair.First.Username == pair.Second.Username
                && pair.First.Credential == pair.Second.Credential);

    private bool IsAnnounced(PeerTransport transport) => _lastCreatedOffer?.Sections.Any(section => section.Transport == transport) == true;

    /// <summary>RFC 9429 §5.11: once an answer is applied "discard them", the candidates left in the pool.</summary>
    private void DiscardPool()
    {
        foreach (var transport in _pool)
        {
            transport.Close();
        }

        _pool.Clear();
    }
}
