using Parley.Net;

namespace Parley.Ice;

// Time: when the agent wants to be called, and what it does when it is.
public sealed partial class IceAgent
{
    private Instant? _deadline;
    private bool _isDeadlineStale = true;

    /// <summary>
    /// When to call <see cref="Advance"/> at the latest; null: not before something arrives. It may lie in the past: at once.
    /// </summary>
    public Instant? Deadline
    {
        get
        {
            if (_isDeadlineStale)
            {
                _deadline = ComputeDeadline();
                _isDeadlineStale = false;
            }

            return _deadline;
        }
    }

    /// <summary>Time has passed: acts on each deadline that is due. What is to be sent comes by <see cref="Transmit"/>.</summary>
    public void Advance(Instant now)
    {
        Observe(now);
        if (State != IceAgentState.Closed && Deadline is { } deadline && deadline <= _now)
        {
            Settle();
        }
    }

    /// <summary>Draws the consequences of whatever has just happened; idempotent.</summary>
    private void Settle()
    {
        if (State == IceAgentState.Closed)
        {
            return;
        }

        EndTransactions();
        EndQueries();
        ExpireConsent();
        CheckFailedAgain(_current);
        if (_next is not null)
        {
            CheckFailedAgain(_next);
        }

        while (_retired.Count > 0 && _now >= _retired[0].RetiredUntil)
        {
            _retired.RemoveAt(0);
            _lastValidated = null;
        }

        WatchSelected();
        Nominate(_current);
        if (_next is not null)
        {
            Nominate(_next);
        }

        Promote();
        Select();
        ChooseSpares();
        UpdateGatheringState();
        ChangeState(ComputeState());
        _isDeadlineStale = true;
    }

    private Instant? ComputeDeadline()
    {
        if (State == IceAgentState.Closed)
        {
            return null;
        }

        if (_responses.Count > 0)
        {
            return _now;
        }

        Instant? deadline = HasTransactionToStart() ? _nextTransactionAt : null;
        foreach (var check in _inFlight)
        {
            deadline = Instant.Earliest(deadline, check.NextAt);
        }

        deadline = Instant.Earliest(deadline, QueriesDeadline());
        deadline = Instant.Earliest(deadline, ConsentDeadline());
        deadline = Instant.Earliest(deadline, Ahead(_retired.Count == 0 ? null : _retired[0].RetiredUntil));
        deadline = Instant.Earliest(deadline, DeadlineOf(_current));
        return _next is null ? deadline : Instant.Earliest(deadline, DeadlineOf(_next));
    }

    private Instant? DeadlineOf(IceGeneration generation)
    {
        var deadline = Instant.Earliest(Ahead(NominationAt(generation)), Ahead(generation.BeganAt + _options.PatienceTimeout));
        if (generation.FirstValidAt is not null)
        {
            return deadline;
        }

        foreach (var pair in generation.Checklist.Pairs)
        {
            deadline = Instant.Earliest(deadline, Ahead(pair.CheckAgainAt));
        }

        return Instant.Earliest(deadline, Ahead(UnreachableAt(generation)));
    }

    // A threshold that the present has passed has had its effect already: Settle looks at all of them.
    private Instant? Ahead(Instant? threshold) => threshold > _now ? threshold : null;

    private IceAgentState ComputeState()
    {
        var current = StateOf(_current);
        if (_next is null)
        {
            return current;
        }

        // W3C, on restarts: "a transition to connected if begun in the completed state. If begun in the transient disconnected
        // state, it causes a transition to checking". Nothing can be checked before the peer's new credentials.
        if (!_next.CanCheck)
        {
            return current == IceAgentState.Completed ? IceAgentState.Connected : current;
        }

        if (current is IceAgentState.Connected or IceAgentState.Completed)
        {
            return IceAgentState.Connected;
        }

        var next = StateOf(_next);
        return next == IceAgentState.New ? IceAgentState.Checking : next;
    }

    private IceAgentState StateOf(IceGeneration generation)
    {
        var pair = generation == _current ? _selected : BestPair(generation);
        if (pair is not null && pair.Generation == generation)
        {
            if (!IsAlive(pair))
            {
                return Lost(generation);
            }

            if (IsSilent(pair) || (pair == _selected && IsAlone(pair)))
            {
                return IceAgentState.Disconnected;
            }

            return (pair.IsNominated || generation.IsConcluded) && generation.Remote.HasEndOfCandidates
                && generation.GatheringState == IceGatheringState.Complete
                ? IceAgentState.Completed
                : IceAgentState.Connected;
        }

        if (!generation.CanCheck)
        {
            return IceAgentState.New;
        }

        if (HasFailed(generation))
        {
            return Lost(generation);
        }

        if (UnreachableAt(generation) is { } at && _now >= at)
        {
            return IceAgentState.Unreachable;
        }

        return generation.Remote.Candidates.Count > 0 ? IceAgentState.Checking : IceAgentState.New;
    }

    // RFC 8863 §4: not before the timer, whatever has become of the pairs; then, when nothing is left to try.
    private bool HasFailed(IceGeneration generation) =>
        generation.BeganAt is { } began && _now >= began + _options.PatienceTimeout
        && generation.GatheringState != IceGatheringState.Gathering && !generation.Checklist.HasUnfinished;

    /// <summary>W3C: "failed" needs "an indication that there are no more remote candidates".</summary>
    private static IceAgentState Lost(IceGeneration generation) =>
        generation.Remote.HasEndOfCandidates ? IceAgentState.Failed : IceAgentState.Unreachable;

    /// <summary>
    /// When a generation that has found nothing is given up for now: null while there is a pair to check for the first time, or none at
    /// all.
    /// </summary>
    private Instant? UnreachableAt(IceGeneration generation)
    {
        Instant? last = null;
        foreach (var pair in generation.Checklist.Pairs)
        {
            if (pair.FirstCheckedAt is not { } first)
            {
                return null;
            }

            last = Instant.Latest(last, first);
        }

        return last + _options.UnreachableTimeout;
    }

    private void ChangeState(IceAgentState state)
    {
        if (State != state)
        {
            State = state;
            IceLog.StateChanged(_logger, state);
            Tell(IceEvent.Changed(state));
        }
    }
}
