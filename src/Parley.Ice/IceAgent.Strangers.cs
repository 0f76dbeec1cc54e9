using Parley.Net;

namespace Parley.Ice;

// Data from addresses that no check has come from: the peer may be behind a NAT that has given it another one.
public sealed partial class IceAgent
{
    private const int MaxStrangers = 4;
    private static readonly TimeSpan StrangerInterval = TimeSpan.FromMilliseconds(50);

    private readonly Queue<IceCandidatePair> _strangers = new();
    private Instant _nextStrangerAt;

    /// <summary>
    /// A datagram that is not STUN has come along a path for which <see cref="IsValidatedRemote(TransportAddress, TransportAddress)"/> is
    /// false. It is not to be taken; but in an established call the address may be the peer's new one, and is checked. One who sends from
    /// forged addresses gets few and short checks out of the agent.
    /// </summary>
    /// <param name="local">The socket's address.</param>
    /// <param name="remote">Where the datagram came from.</param>
    /// <param name="now">The present.</param>
    public void NoticeStranger(TransportAddress local, TransportAddress remote, Instant now)
    {
        if (_selected is not { } used || used.Generation != _current || TransportPolicy == IceTransportPolicy.Relay
            || State == IceAgentState.Closed || !_baseByAddress.TryGetValue(local, out var @base) || remote.Port == 0)
        {
            return;
        }

        Observe(now);
        if (_now < _nextStrangerAt || _strangers.Count + CheckedStrangers() >= MaxStrangers || IsBeingChecked(@base, remote))
        {
            Counters.IgnoredStrangers++;
            return;
        }

        if (_current.Checklist.TryFind(new PathKey(@base.Address, remote), out var known))
        {
            known.LastRequestAt = _now;
            if (known is { State: IceCandidatePairState.Failed, Active: null })
            {
                _nextStrangerAt = _now + StrangerInterval;
                _current.Checklist.Trigger(known);
                _isDeadlineStale = true;
            }

            return;
        }

        if (!CanPair(@base.Address, remote) || !_current.TryFind(@base.Address.WithoutScope(), @base, out var candidate))
        {
            return;
        }

        _nextStrangerAt = _now + StrangerInterval;
        var priority = CandidatePriority.Of(IceCandidateType.PeerReflexive, ushort.MaxValue, _options.Component);
        var peer = PeerAt(_current, remote, priority);
        _strangers.Enqueue(new IceCandidatePair(++_nextPairId, _current, new LocalCandidate(candidate, @base), peer, remote)
        {
            IsStranger = true,
            LastRequestAt = _now,
        });
        _isDeadlineStale = true;
    }

    private int CheckedStrangers()
    {
        var count = 0;
        foreach (var check in _inFlight)
        {
            count += check.Pair.IsStranger ? 1 : 0;
        }

        return count;
    }

    private bool IsBeingChecked(LocalBase @base, TransportAddress remote)
    {
        foreach (var check in _inFlight)
        {
            if (check.Pair.Base == @base && check.Pair.RemoteAddress == remote && check.CancelledUntil is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The stranger has answered with the peer's key: its pair joins the others. False: there is no place for it.</summary>
    private bool Admit(IceCandidatePair pair)
    {
        var generation = pair.Generation;
        if (!pair.IsStranger || generation != _current
            || generation.Checklist.TryFind(new PathKey(pair.LocalAddress, pair.RemoteAddress), out _)
            || (generation.Remote.IsFull && !generation.Remote.TryFind(pair.Remote.Address, out _)))
        {
            return false;
        }

        pair.IsStranger = false;
        if (!generation.Remote.TryFind(pair.Remote.Address, out _))
        {
            generation.Remote.Put(pair.Remote);
        }

        return AddPair(pair);
    }
}
