using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

// RFC 8445 §7.2.5: the answers to our checks.
public sealed partial class IceAgent
{
    private void ReceiveResponse(StunMessage response, LocalBase @base, TransportAddress remote)
    {
        var id = response.TransactionId;
        if (FindConsent(id, out var sentAt) is { } asked)
        {
            ReceiveConsent(response, asked, sentAt, @base, remote);
        }
        else if (_transactions.TryGetValue(id, out var check))
        {
            ReceiveCheckResponse(response, check, @base, remote);
        }
        else if (FindQuery(id) is { } query && query.Base == @base && query.Server.Address == remote)
        {
            ReceiveServerResponse(query, response);
        }
        else
        {
            Counters.UnexpectedResponses++;
        }
    }

    private IceCandidatePair? FindConsent(TransactionId id, out Instant sentAt)
    {
        sentAt = default;
        if (_selected is { Consent: { } consent } && consent.TryFind(id, out sentAt))
        {
            return _selected;
        }

        foreach (var spare in _spares)
        {
            if (spare.Consent is { } other && other.TryFind(id, out sentAt))
            {
                return spare;
            }
        }

        return null;
    }

    private ServerQuery? FindQuery(TransactionId id)
    {
        foreach (var query in _queries)
        {
            if (query.State == ServerQueryState.InProgress && query.Id == id)
            {
                return query;
            }
        }

        return null;
    }

    // RFC 8489 §9.1.4: a response without the right integrity is as if it had never come. RFC 8445 §7.2.5 wants FINGERPRINT too.
    private bool IsAuthentic(StunMessage response, IceGeneration generation)
    {
        if (generation.Remote.Credentials is { } credentials && response.HasFingerprint && response.VerifyIntegrity(credentials.Key))
        {
            return true;
        }

        Counters.UnexpectedResponses++;
        return false;
    }

    private void ReceiveCheckResponse(StunMessage response, CheckTransaction check, LocalBase @base, TransportAddress remote)
    {
        var pair = check.Pair;
        if (!IsAuthentic(response, pair.Generation))
        {
            return;
        }

        if (response.Class == StunClass.ErrorResponse)
        {
            ReceiveCheckError(response, check);
            return;
        }

        Span<StunAttributeType> unknown = stackalloc StunAttributeType[1];
        if (response.FindUnknownAttributes(unknown) > 0
            || !response.TryReadXorAddress(StunAttributeType.XorMappedAddress, out var mapped))
        {
            Counters.UnexpectedResponses++;
            return;
        }

        EndTransaction(check);
        if (pair.Base != @base || pair.RemoteAddress != remote)
        {
            // RFC 8445 §7.2.5.2.1: the answer must come back the way the check went.
            EndActive(check);
            return;
        }

        if (pair.IsListed || Admit(pair))
        {
            SucceedCheck(check, mapped);
        }
    }

    private void ReceiveCheckError(StunMessage response, CheckTransaction check)
    {
        if (!response.TryReadErrorCode(out var code, out _))
        {
            Counters.UnexpectedResponses++;
            return;
        }

        EndTransaction(check);
        if (code != StunErrorCode.RoleConflict)
        {
            EndActive(check);
            return;
        }

        // RFC 8445 §7.2.5.1: switch away from the role that the request stated, and check the pair again.
        Counters.RoleConflicts++;
        if (check.Role == _role)
        {
            _tieBreaker = _random.NextUInt64();
            SwitchRole(_role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
        }

        var pair = check.Pair;
        pair.Active = pair.Active == check ? null : pair.Active;
        if (pair.IsListed)
        {
            pair.State = pair.State == IceCandidatePairState.Succeeded ? pair.State : IceCandidatePairState.Waiting;
            pair.Generation.Checklist.Trigger(pair);
        }
    }

    private void EndActive(CheckTransaction check)
    {
        if (check.Pair.Active == check)
        {
            check.Pair.Active = null;
            FailCheck(check);
        }
    }

    private void SucceedCheck(CheckTransaction check, TransportAddress mapped)
    {
        var pair = check.Pair;
        var generation = pair.Generation;
        if (check.Transmissions == 1 || pair.CurrentRoundTripTime is null)
        {
            // Karn: which of several transmissions was answered cannot be told; the first is the cautious guess when nothing better is
            // known.
            pair.MeasureRoundTrip(_now - check.FirstSentAt);
        }

        pair.State = IceCandidatePairState.Succeeded;
        pair.IsValidated = true;
        Answered(pair);
        DiscoverLocal(pair, mapped);
        generation.FirstValidAt ??= _now;
        generation.Checklist.Thaw(pair);

        // An older check's answer makes a newer one needless, unless that one nominates and this one did not.
        if (pair.Active == check || pair.Active is { Nominates: false })
        {
            CancelActive(pair);
        }

        if (_role == IceRole.Controlling ? check.Nominates : pair.IsToBeNominated)
        {
            Nominated(pair);
        }
    }

    // RFC 8445 §7.2.5.3.1: the mapped address is a candidate we know, or a peer-reflexive one, which is not signaled.
    private void DiscoverLocal(IceCandidatePair pair, TransportAddress mapped)
    {
        if (pair.Local.Address == mapped)
        {
            return;
        }

        var generation = pair.Generation;
        if (!generation.TryFind(mapped, pair.Base, out var candidate))
        {
            candidate = NewCandidate(generation, pair.Base, IceCandidateType.PeerReflexive, mapped, default);
            AddLocalCandidate(generation, new LocalCandidate(candidate, pair.Base), isTold: false);
        }

        pair.Local = candidate;
    }
}
