namespace Parley.Ice;

/// <summary>The pairs of one generation, best first, and the order in which they are checked (RFC 8445 §6.1.2 and §6.1.4).</summary>
internal sealed class Checklist(int maxPairs)
{
    private readonly List<IceCandidatePair> _pairs = [];
    private readonly Dictionary<PathKey, IceCandidatePair> _byPath = [];
    private readonly List<IceCandidatePair> _triggered = [];

    /// <summary>The pairs by falling priority.</summary>
    public List<IceCandidatePair> Pairs => _pairs;

    /// <summary>Whether a check may still find something: a pair waits or is in progress.</summary>
    public bool HasUnfinished
    {
        get
        {
            foreach (var pair in _pairs)
            {
                if (IsUnfinished(pair))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Pairs waiting and in progress: what RFC 8445 §14.3 reckons the RTO from.</summary>
    public int ActiveCount
    {
        get
        {
            var count = 0;
            foreach (var pair in _pairs)
            {
                count += pair.State is IceCandidatePairState.Waiting or IceCandidatePairState.InProgress ? 1 : 0;
            }

            return count;
        }
    }

    public bool HasTriggered => _triggered.Count > 0;

    public bool TryFind(PathKey path, out IceCandidatePair pair) => _byPath.TryGetValue(path, out pair!);

    /// <summary>
    /// Adds a pair in its place and gives it its first state. RFC 8445 §6.1.2.5 bounds the list: when it is full the worst pair
    /// that has shown nothing makes room, or the new one is refused. Returns whether it was added; <paramref name="dropped"/> is the one
    /// that left.
    /// </summary>
    public bool TryAdd(IceCandidatePair pair, out IceCandidatePair? dropped)
    {
        dropped = null;
        if (_pairs.Count >= maxPairs)
        {
            dropped = WorstExpendable();
            if (dropped is null || (dropped.Priority >= pair.Priority && dropped.State != IceCandidatePairState.Failed))
            {
                dropped = null;
                return false;
            }

            Remove(dropped);
        }

        pair.State = FirstState(pair);
        pair.IsListed = true;
        _byPath.Add(new PathKey(pair.LocalAddress, pair.RemoteAddress), pair);
        Insert(pair);
        return true;
    }

    public void Remove(IceCandidatePair pair)
    {
        pair.IsListed = false;
        _pairs.Remove(pair);
        _byPath.Remove(new PathKey(pair.LocalAddress, pair.RemoteAddress));
        Untrigger(pair);
    }

    /// <summary>Puts a pair at the end of the triggered-check queue, once (RFC 8445 §6.1.4.1).</summary>
    public void Trigger(IceCandidatePair pair)
    {
        if (!pair.IsTriggered)
        {
            pair.IsTriggered = true;
            _triggered.Add(pair);
        }
    }

    /// <summary>The next pair to check (RFC 8445 §6.1.4.2), or null; a triggered one leaves its queue.</summary>
    public IceCandidatePair? Next()
    {
        if (_triggered.Count > 0)
        {
            var first = _triggered[0];
            Untrigger(first);
            return first;
        }

        return NextOrdinary();
    }

    /// <summary>RFC 8445 §7.2.5.3.3: a success thaws the pairs of the same foundation.</summary>
    public void Thaw(IceCandidatePair succeeded)
    {
        foreach (var pair in _pairs)
        {
            if (pair.State == IceCandidatePairState.Frozen && pair.HasSameFoundation(succeeded))
            {
                pair.State = IceCandidatePairState.Waiting;
            }
        }
    }

    /// <summary>
    /// RFC 8445 §8.1.2: once a pair is nominated, what was still to be checked is not, but for spares. A path along which the peer's check
    /// has come and was answered stays known, though: the peer may send by it until it has heard of the nomination (§12.1).
    /// </summary>
    public void Conclude()
    {
        for (var index = _triggered.Count - 1; index >= 0; index--)
        {
            if (!_triggered[index].IsSpare)
            {
                Untrigger(_triggered[index]);
            }
        }

        for (var index = _pairs.Count - 1; index >= 0; index--)
        {
            var pair = _pairs[index];
            if (pair.IsSpare || pair.State is not (IceCandidatePairState.Waiting or IceCandidatePairState.Frozen))
            {
                continue;
            }

            if (pair.IsValidated)
            {
                pair.State = IceCandidatePairState.Failed;
            }
            else
            {
                Remove(pair);
            }
        }
    }

    public void Reprioritize(IceRole role)
    {
        foreach (var pair in _pairs)
        {
            pair.UpdatePriority(role);
        }

        _pairs.Sort(static (left, right) => Compare(left, right));
    }

    /// <summary>
    /// The waiting pair of highest priority, else the first frozen one. Freezing decides the order and nothing else: with one
    /// component a silent pair must not hold up its foundation for the length of its transaction (docs/ice.md).
    /// </summary>
    private IceCandidatePair? NextOrdinary()
    {
        IceCandidatePair? thawed = null;
        foreach (var pair in _pairs)
        {
            if (pair.State == IceCandidatePairState.Waiting && !pair.IsTriggered)
            {
                return pair;
            }

            if (pair.State == IceCandidatePairState.Frozen)
            {
                thawed ??= pair;
            }
        }

        return thawed;
    }

    private static bool IsUnfinished(IceCandidatePair pair) =>
        pair.State is IceCandidatePairState.Waiting or IceCandidatePairState.InProgress or IceCandidatePairState.Frozen;

    private static int Compare(IceCandidatePair left, IceCandidatePair right)
    {
        var byPriority = right.Priority.CompareTo(left.Priority);
        return byPriority != 0 ? byPriority : left.Id.CompareTo(right.Id);
    }

    // RFC 8445 §6.1.2.6, and RFC 8838 §12 for pairs that come later: the first of its foundation waits, and so does one whose
    // foundation has shown that it works.
    private IceCandidatePairState FirstState(IceCandidatePair pair)
    {
        foreach (var other in _pairs)
        {
            if (other.State is IceCandidatePairState.Waiting or IceCandidatePairState.InProgress or IceCandidatePairState.Frozen
                && other.HasSameFoundation(pair))
            {
                return IceCandidatePairState.Frozen;
            }
        }

        return IceCandidatePairState.Waiting;
    }

    private IceCandidatePair? WorstExpendable()
    {
        IceCandidatePair? worst = null;
        for (var index = _pairs.Count - 1; index >= 0; index--)
        {
            var pair = _pairs[index];
            if (pair.State == IceCandidatePairState.Failed)
            {
                return pair;
            }

            if (worst is null && (pair.State is IceCandidatePairState.Frozen or IceCandidatePairState.Waiting))
            {
                worst = pair;
            }
        }

        return worst;
    }

    private void Insert(IceCandidatePair pair)
    {
        var index = 0;
        while (index < _pairs.Count && Compare(_pairs[index], pair) <= 0)
        {
            index++;
        }

        _pairs.Insert(index, pair);
    }

    private void Untrigger(IceCandidatePair pair)
    {
        if (pair.IsTriggered)
        {
            pair.IsTriggered = false;
            _triggered.Remove(pair);
        }
    }
}
