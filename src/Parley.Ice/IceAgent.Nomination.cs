using Parley.Net;

namespace Parley.Ice;

// RFC 8445 §8: nomination, the choice of the pair that carries the data, and the role that decides.
public sealed partial class IceAgent
{
    private Instant _roleSince;

    private void SwitchRole(IceRole role)
    {
        _role = role;
        IceLog.RoleConflict(_logger, role);
        Tell(IceEvent.Switched(role));
        ApplyRole();
    }

    // RFC 8445 §7.3.1.1: "the agent MUST recompute pair priorities".
    private void ApplyRole()
    {
        _roleSince = _now;
        ApplyRole(_current);
        if (_next is not null)
        {
            ApplyRole(_next);
        }

        _isDeadlineStale = true;
    }

    private void ApplyRole(IceGeneration generation)
    {
        generation.Nominating = null;
        foreach (var pair in generation.Checklist.Pairs)
        {
            pair.IsToBeNominated = false;
        }

        generation.Checklist.Reprioritize(_role);
    }

    /// <summary>When the controlling side stops waiting for a better pair; null: it has nothing to wait for.</summary>
    private Instant? NominationAt(IceGeneration generation)
    {
        if (_role != IceRole.Controlling || generation.IsConcluded || generation.Nominating is not null
            || generation.FirstValidAt is not { } firstValidAt || BestPair(generation) is not { } best)
        {
            return null;
        }

        var isRelayed = best.Local.Type == IceCandidateType.Relayed || best.Remote.Type == IceCandidateType.Relayed;
        return firstValidAt + (isRelayed ? _options.RelayedNominationPatience : _options.NominationPatience);
    }

    /// <summary>
    /// Regular nomination (RFC 8445 §8.1.1): the best valid pair, as soon as none better can come or it has been waited for long
    /// enough. None better can come than a pair between two addresses of the hosts themselves above all that is unchecked.
    /// </summary>
    private void Nominate(IceGeneration generation)
    {
        if (NominationAt(generation) is not { } at)
        {
            return;
        }

        var best = BestPair(generation)!;
        if (_now >= at || !CanBeSurpassed(generation, best))
        {
            generation.Nominating = best;
            best.IsToBeNominated = true;
            generation.Checklist.Trigger(best);
        }
    }

    private static bool CanBeSurpassed(IceGeneration generation, IceCandidatePair best)
    {
        foreach (var pair in generation.Checklist.Pairs)
        {
            if (pair.Priority <= best.Priority)
            {
                break;
            }

            if (pair.State is not (IceCandidatePairState.Succeeded or IceCandidatePairState.Failed))
            {
                return true;
            }
        }

        var isDirect = best.Local.Type == IceCandidateType.Host && best.Remote.Type == IceCandidateType.Host;
        return !isDirect && !(generation.Remote.HasEndOfCandidates && generation.GatheringState == IceGatheringState.Complete);
    }

    /// <summary>A pair is nominated: by our check's success, or by the peer's check on a pair that is valid.</summary>
    private void Nominated(IceCandidatePair pair)
    {
        var generation = pair.Generation;
        pair.IsToBeNominated = false;
        generation.Nominating = null;
        if (generation == _current && _selected is { } used && used != pair && used.Generation == generation
            && (IsSilent(used) || (_role == IceRole.Controlled && !used.IsNominated)))
        {
            // The pair in use has fallen silent, or this side has chosen it by itself, and the peer asks for another: follow it, whatever
            // the priorities.
            generation.Preferred = pair;
        }

        pair.NominatedAt = _now;
        if (!pair.IsNominated)
        {
            pair.IsNominated = true;
            IceLog.Nominated(_logger, pair.Id, pair.Local.Type, pair.Remote.Type);
        }

        Conclude(generation);
    }

    // RFC 8445 §8.1.2: what still waits is dropped, what is in progress is not sent again.
    private void Conclude(IceGeneration generation)
    {
        if (generation.IsConcluded)
        {
            return;
        }

        generation.IsConcluded = true;
        foreach (var pair in generation.Checklist.Pairs)
        {
            var isOpen = pair.State is IceCandidatePairState.Waiting or IceCandidatePairState.Frozen or IceCandidatePairState.InProgress;
            pair.IsSpare = isOpen && IsOtherWay(generation, pair);
        }

        generation.Checklist.Conclude();
        foreach (var pair in generation.Checklist.Pairs)
        {
            if (pair.State == IceCandidatePairState.InProgress && !pair.IsSpare)
            {
                CancelActive(pair);
                pair.State = IceCandidatePairState.Failed;
            }
        }
    }

    /// <summary>The pair of a generation that data should go by: nominated before valid, then by priority; null: none is alive.</summary>
    private IceCandidatePair? BestPair(IceGeneration generation)
    {
        if (generation.Preferred is { } preferred && IsAlive(preferred))
        {
            return preferred;
        }

        IceCandidatePair? best = null;
        foreach (var pair in generation.Checklist.Pairs)
        {
            if (!IsAlive(pair))
            {
                continue;
            }

            if (pair.IsNominated)
            {
                return pair;
            }

            best ??= pair;
        }

        return best;
    }

    private void Select()
    {
        if (BestPair(_current) is not { } best || best == _selected)
        {
            return;
        }

        _selected = best;
        ScheduleConsent(best);
        if (_move is { } move && move.At == _now)
        {
            // The peer shall hear of us where we are now.
            best.Consent!.NextAt = _now;
        }
        else
        {
            _move = null;
        }

        IceLog.Selected(_logger, best.Id, best.Local.Type, best.Remote.Type);
        Tell(IceEvent.Selected(best));
    }
}
