using System.Diagnostics.CodeAnalysis;
using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

// RFC 8445 §6.1.4 and §7.2: scheduling checks and sending them.
public sealed partial class IceAgent
{
    private readonly Dictionary<TransactionId, CheckTransaction> _transactions = [];
    private readonly List<CheckTransaction> _inFlight = [];
    private Instant _nextTransactionAt;
    private bool _isServersTurn;

    private bool HasTransactionToStart() => _strangers.Count > 0 || CheckToStart(take: false, out _) || QueryToStart() is not null;

    /// <summary>
    /// Starts the next transaction if Ta has passed since the last (RFC 8445 §6.1.4.2); triggered checks first, then checks and servers by
    /// turns.
    /// </summary>
    private int StartTransaction(Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        if (_now < _nextTransactionAt)
        {
            return 0;
        }

        var query = QueryToStart();
        var isServersTurn = query is not null
            && _isServersTurn
            && !_current.Checklist.HasTriggered
            && _next is not { Checklist.HasTriggered: true };
        if (!isServersTurn && CheckToStart(take: true, out var pair))
        {
            _isServersTurn = true;
            _nextTransactionAt = _now + _options.CheckPacing;
            return StartCheck(pair, destination, ref local, ref remote);
        }

        if (query is null)
        {
            return 0;
        }

        _isServersTurn = false;
        _nextTransactionAt = _now + _options.CheckPacing;
        query.Start(new StunTransaction(NewTransactionId(), _options.ServerRetransmission, _now));
        return TransmitQuery(query, destination, ref local, ref remote);
    }

    private bool CheckToStart(bool take, [NotNullWhen(true)] out IceCandidatePair? pair)
    {
        pair = (_next is null ? null : CheckToStart(_next, take)) ?? CheckToStart(_current, take);
        if (pair is null && take && _strangers.TryDequeue(out var stranger))
        {
            pair = stranger;
        }

        return pair is not null;
    }

    private static IceCandidatePair? CheckToStart(IceGeneration generation, bool take)
    {
        if (!generation.CanCheck)
        {
            return null;
        }

        if (!take && generation.Checklist.HasTriggered)
        {
            return generation.Checklist.Pairs[0];
        }

        return generation.Checklist.Next();
    }

    private int StartCheck(IceCandidatePair pair, Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        var nominates = _role == IceRole.Controlling && pair.IsToBeNominated;
        if (pair.State is IceCandidatePairState.Waiting or IceCandidatePairState.Frozen)
        {
            pair.State = IceCandidatePairState.InProgress;
        }

        pair.FirstCheckedAt ??= _now;
        var timing = new StunTransaction(NewTransactionId(), CheckSchedule(pair), _now);
        var check = new CheckTransaction(pair, timing, _role, nominates);
        CancelActive(pair);
        pair.Active = check;
        _transactions.Add(check.Id, check);
        _inFlight.Add(check);
        return TransmitCheck(check, destination, ref local, ref remote);
    }

    // RFC 8445 §14.3: RTO = MAX(500 ms, Ta * N * (Num-Waiting + Num-In-Progress)), with one checklist. A pair that has succeeded is
    // known to work: silence is loss, and waiting ever longer would only delay its nomination (docs/ice.md).
    private StunRetransmission CheckSchedule(IceCandidatePair pair)
    {
        var schedule = _options.CheckRetransmission;
        if (pair.State == IceCandidatePairState.Succeeded)
        {
            return schedule with { Rm = 2, MaxWait = schedule.Rto * 2 };
        }

        // One that has failed before, or that only data has come from: a datagram or two are enough to learn whether that has changed.
        if (pair.IsStranger || pair.State == IceCandidatePairState.Failed)
        {
            return schedule with { Rc = 3, Rm = 1 };
        }

        var spread = _options.CheckPacing * pair.Generation.Checklist.ActiveCount;
        return spread > schedule.Rto ? schedule with { Rto = spread } : schedule;
    }

    private int Retransmit(Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        foreach (var check in _inFlight)
        {
            if (check.IsTransmissionDue(_now))
            {
                return TransmitCheck(check, destination, ref local, ref remote);
            }
        }

        foreach (var query in _queries)
        {
            if (query.IsTransmissionDue(_now))
            {
                return TransmitQuery(query, destination, ref local, ref remote);
            }
        }

        return 0;
    }

    private int TransmitCheck(CheckTransaction check, Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        check.Transmitted(_now);
        check.Pair.RequestsSent += check.Transmissions == 1 ? 1 : 0;
        local = check.Pair.LocalAddress;
        remote = check.Pair.RemoteAddress;
        return WriteRequest(destination, check.Pair, check.Id, check.Role, check.Nominates);
    }

    // RFC 8445 §7.2.2: USERNAME, PRIORITY as of a peer-reflexive candidate, the role with the tie-breaker, USE-CANDIDATE.
    private int WriteRequest(Span<byte> destination, IceCandidatePair pair, TransactionId id, IceRole role, bool nominates)
    {
        var generation = pair.Generation;
        var writer = new StunWriter(destination, StunClass.Request, StunMethod.Binding, id);
        writer.Add(StunAttributeType.Username, generation.Username);
        writer.AddUInt64(role == IceRole.Controlling ? StunAttributeType.IceControlling : StunAttributeType.IceControlled, _tieBreaker);
        if (nominates)
        {
            writer.Add(StunAttributeType.UseCandidate);
        }

        writer.AddUInt32(
            StunAttributeType.Priority,
            CandidatePriority.Of(IceCandidateType.PeerReflexive, pair.Base.LocalPreference, _options.Component));
        writer.AddIntegrity(generation.Remote.Credentials!.Key);
        writer.AddFingerprint();
        return writer.Length;
    }

    /// <summary>RFC 8445 §7.3.1.4: the check is not sent again, but its answer is still welcome.</summary>
    private void CancelActive(IceCandidatePair pair)
    {
        pair.Active?.Cancel(_now + _options.CheckRetransmission.Rto * 4);
        pair.Active = null;
    }

    private void EndTransactions()
    {
        for (var index = _inFlight.Count - 1; index >= 0; index--)
        {
            var check = _inFlight[index];
            var hasEnded = check.HasEnded(_now);
            if (hasEnded || !IsActive(check.Pair.Generation))
            {
                EndTransaction(check, index);
                if (hasEnded && check.Pair.Active == check)
                {
                    check.Pair.Active = null;
                    FailCheck(check);
                }
            }
        }
    }

    private void EndTransaction(CheckTransaction check, int index)
    {
        _transactions.Remove(check.Id);
        _inFlight[index] = _inFlight[^1];
        _inFlight.RemoveAt(_inFlight.Count - 1);
    }

    private void EndTransaction(CheckTransaction check)
    {
        var index = _inFlight.IndexOf(check);
        if (index >= 0)
        {
            EndTransaction(check, index);
        }
    }

    // A nominating check that fails leaves a pair that had succeeded as it was: consent, not nomination, judges it from then on.
    private void FailCheck(CheckTransaction check)
    {
        var pair = check.Pair;
        IceLog.CheckFailed(_logger, pair.Id);
        if (pair.State != IceCandidatePairState.Succeeded)
        {
            pair.State = IceCandidatePairState.Failed;
            CheckAgain(pair);
        }

        if (pair.Generation.Nominating == pair)
        {
            pair.Generation.Nominating = null;
            pair.IsToBeNominated = false;
        }
    }

    // Until a pair works nothing is over: a peer that gets our description late begins to check only then, and NATs on the way let it in
    // only if we have sent something.
    private void CheckAgain(IceCandidatePair pair)
    {
        var generation = pair.Generation;
        if (pair.IsListed
            && generation.FirstValidAt is null
            && generation.BeganAt is { } began
            && _now < began + _options.CheckAgainDuration)
        {
            pair.CheckAgainAt = _now + _options.CheckAgainInterval;
        }
    }

    private void CheckFailedAgain(IceGeneration generation)
    {
        if (generation.FirstValidAt is not null)
        {
            return;
        }

        foreach (var pair in generation.Checklist.Pairs)
        {
            if (pair.CheckAgainAt is { } at && _now >= at)
            {
                pair.CheckAgainAt = null;
                if (pair is { State: IceCandidatePairState.Failed, Active: null })
                {
                    generation.Checklist.Trigger(pair);
                }
            }
        }
    }
}
