using System.Net.Sockets;
using Parley.Net;

namespace Parley.Ice;

// What signaling brings from the peer: credentials, candidates, their end; and the pairs formed of them (RFC 8445 §6.1.2, RFC 8838 §11).
public sealed partial class IceAgent
{
    /// <summary>
    /// The peer's credentials have come. The first ones start the checks. Changed ones are the peer's restart: they are paired
    /// with the local generation that <see cref="Restart"/> prepared, or prepares later. Equal ones change nothing.
    /// </summary>
    /// <param name="credentials">The peer's ufrag and password.</param>
    /// <param name="isLite">Whether the peer is a lite agent (RFC 8445 §2.5); this agent then controls.</param>
    /// <param name="now">The present.</param>
    public void SetRemoteCredentials(IceCredentials credentials, bool isLite, Instant now)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        Observe(now);
        if (State == IceAgentState.Closed)
        {
            return;
        }

        var waiting = _next ?? _current;
        if (credentials.Equals(_current.Remote.Credentials) || credentials.Equals(waiting.Remote.Credentials)
            || credentials.Equals(_offered?.Credentials))
        {
            return;
        }

        if (waiting.Remote.Credentials is null)
        {
            Counters.UnknownGenerationCandidates += waiting.Remote.Accept(credentials, isLite);
            Begin(waiting);
        }
        else
        {
            _offered = new RemoteSide(_options.MaxRemoteCandidates);
            _offered.Accept(credentials, isLite);
        }

        Settle();
    }

    /// <summary>
    /// A candidate of the peer has come. With a ufrag it goes to that generation, and is dropped and counted when there is none;
    /// without one it goes to the newest the peer has told of. Known addresses, TCP, other components and excess are dropped and counted.
    /// </summary>
    /// <param name="candidate">The candidate; its address is already resolved.</param>
    /// <param name="now">The present.</param>
    public void AddRemoteCandidate(IceCandidate candidate, Instant now)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Observe(now);
        if (State == IceAgentState.Closed)
        {
            return;
        }

        if (candidate.Protocol != IceProtocol.Udp || candidate.Component != _options.Component || candidate.Address.Port == 0
            || candidate.Address.Family == AddressFamily.Unspecified)
        {
            Counters.IgnoredCandidates++;
            return;
        }

        if (candidate.Address.ScopeId != 0)
        {
            candidate = candidate with { Address = candidate.Address.WithoutScope() };
        }

        if (SideOf(candidate.UsernameFragment) is not { } side)
        {
            Counters.UnknownGenerationCandidates++;
            return;
        }

        var isKnown = side.TryFind(candidate.Address, out var known);
        if (isKnown && known.Type != IceCandidateType.PeerReflexive)
        {
            Counters.DuplicateCandidates++;
        }
        else if (!isKnown && side.IsFull)
        {
            Counters.ExcessCandidates++;
        }
        else
        {
            side.Put(candidate);
            PairWithLocals(side, candidate, isKnown);
        }

        Settle();
    }

    /// <summary>The peer has no more candidates (RFC 8838 §14).</summary>
    /// <param name="now">The present.</param>
    /// <param name="usernameFragment">The generation it speaks of; null: the newest the peer has told of.</param>
    public void SetRemoteEndOfCandidates(Instant now, string? usernameFragment = null)
    {
        Observe(now);
        if (SideOf(usernameFragment) is { } side)
        {
            side.HasEndOfCandidates = true;
            Settle();
        }
    }

    private RemoteSide? SideOf(string? usernameFragment)
    {
        if (usernameFragment is null)
        {
            return _offered ?? (_next is { CanCheck: true } ? _next.Remote : _current.Remote);
        }

        if (_offered is not null && _offered.Owns(usernameFragment))
        {
            return _offered;
        }

        if (_next is not null && _next.Remote.Owns(usernameFragment))
        {
            return _next.Remote;
        }

        if (_current.Remote.Owns(usernameFragment))
        {
            return _current.Remote;
        }

        // Credentials are still to come: candidates may run ahead of them, and are sorted when they are there.
        var waiting = _next ?? _current;
        return waiting.CanCheck ? null : waiting.Remote;
    }

    private void Begin(IceGeneration generation)
    {
        generation.BeganAt = _now;
        generation.Username = generation.Remote.Username(generation.Local);
        if (generation.Remote.IsLite && _role == IceRole.Controlled)
        {
            // RFC 8445 §6.1.1: "if one agent is full and the other is lite: the full agent MUST take the controlling role".
            SwitchRole(IceRole.Controlling);
        }

        foreach (var remote in generation.Remote.Candidates)
        {
            PairWithLocals(generation, remote);
        }

        foreach (var check in generation.TakeEarlyChecks())
        {
            if (generation.Remote.Owns(check.UsernameFragment))
            {
                ActOnCheck(generation, check.Base, check.Remote, check.Priority, check.Nominates);
            }
        }
    }

    private void PairWithLocals(RemoteSide side, IceCandidate candidate, bool replaces)
    {
        var generation = _next?.Remote == side ? _next : _current.Remote == side ? _current : null;
        if (generation is null || !generation.CanCheck)
        {
            return;
        }

        if (replaces)
        {
            // RFC 8838 §11: a signaled candidate takes the place of the peer-reflexive one it turns out to be.
            foreach (var pair in generation.Checklist.Pairs)
            {
                if (pair.RemoteAddress.WithoutScope() == candidate.Address)
                {
                    pair.Remote = candidate;
                    TellName(pair);
                }
            }

            generation.Checklist.Reprioritize(_role);
        }

        PairWithLocals(generation, candidate);
    }

    private void TellName(IceCandidatePair pair)
    {
        if (pair == _selected)
        {
            Tell(IceEvent.Named(pair));
        }
    }

    private void PairWithLocals(IceGeneration generation, IceCandidate remote)
    {
        foreach (var local in generation.Candidates)
        {
            if (local.Candidate.Type == IceCandidateType.Host)
            {
                FormPair(generation, local, remote);
            }
        }
    }

    // RFC 8445 §6.1.2.2: same component and family, link-local with link-local alone. Loopback pairs with loopback alone too:
    // a peer shall not aim our checks at services of this machine.
    private void FormPair(IceGeneration generation, LocalCandidate local, IceCandidate remote)
    {
        var from = local.Base.Address;
        var to = remote.Address.SeenFrom(from);
        if (!CanPair(from, to) || generation.Checklist.TryFind(new PathKey(from, to), out _))
        {
            return;
        }

        var pair = new IceCandidatePair(++_nextPairId, generation, local, remote, to);

        // RFC 8445 §8.1.2: after nomination nothing is checked any more, but for another way to the peer.
        if (!generation.IsConcluded || IsOtherWay(generation, pair))
        {
            pair.IsSpare = generation.IsConcluded;
            AddPair(pair);
        }
    }

    private static bool CanPair(TransportAddress from, TransportAddress to) =>
        from.Family == to.Family
            && from.IsLoopback == to.IsLoopback
            && (from.Family == AddressFamily.InterNetwork || from.IsLinkLocal == to.IsLinkLocal);

    private bool AddPair(IceCandidatePair pair)
    {
        var generation = pair.Generation;
        pair.UpdatePriority(_role);
        var isAdded = generation.Checklist.TryAdd(pair, out var dropped);
        if (!isAdded || dropped is not null)
        {
            Counters.DroppedPairs++;
        }

        if (dropped is not null)
        {
            Forget(dropped);
        }

        return isAdded;
    }

    private void Drop(IceCandidatePair pair)
    {
        pair.Generation.Checklist.Remove(pair);
        pair.State = IceCandidatePairState.Failed;
        Forget(pair);
    }

    private void Forget(IceCandidatePair pair)
    {
        pair.IsValidated = false;
        pair.Active?.Cancel(_now);
        pair.Active = null;
        _lastValidated = _lastValidated == pair ? null : _lastValidated;
        var generation = pair.Generation;
        generation.Nominating = generation.Nominating == pair ? null : generation.Nominating;
        generation.Preferred = generation.Preferred == pair ? null : generation.Preferred;
    }
}
