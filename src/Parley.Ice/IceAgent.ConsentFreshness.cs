using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

// RFC 7675: consent to send, which is also the keepalive and the measure of whether the path lives.
public sealed partial class IceAgent
{
    private const int QuickFollowUps = 10;
    private const int SpareFollowUps = 10;
    private const int UnansweredBeforeSparesAreAsked = 3;
    private static readonly TimeSpan SpareFollowUp = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuickFollowUp = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SlowFollowUp = TimeSpan.FromSeconds(1);

    /// <summary>Whether data may go by a pair: a check succeeded, and an answer came within the consent's time (RFC 7675 §5.1).</summary>
    private bool IsAlive(IceCandidatePair pair) =>
        pair.State == IceCandidatePairState.Succeeded && pair.LastResponseAt is { } at && _now < at + _options.ConsentExpiry
        && pair.IsListed;

    /// <summary>Whether a valid pair needs no new check before the peer's nomination of it is believed.</summary>
    private bool IsFresh(IceCandidatePair pair) =>
        IsAlive(pair) && _now < pair.LastResponseAt + _options.ConsentInterval * 1.5 && !IsSilent(pair);

    /// <summary>Whether a pair in use has stopped answering.</summary>
    private bool IsSilent(IceCandidatePair pair) => SilentAt(pair) is { } at && _now >= at;

    // The time-out counts from the last answer, but a request must have had its two round trips, however long they are.
    private Instant? SilentAt(IceCandidatePair pair)
    {
        if (pair.Consent is not { Unanswered: > 0 } consent || pair.LastResponseAt is not { } at)
        {
            return null;
        }

        var patient = consent.FirstUnansweredAt + (pair.CurrentRoundTripTime ?? TimeSpan.Zero) * 2;
        var usual = at + _options.DisconnectedTimeout;
        return patient > usual ? patient : usual;
    }

    private void ScheduleConsent(IceCandidatePair pair)
    {
        pair.Consent ??= new Consent();

        // RFC 7675 §5.1: "each interval MUST be randomized from between 0.8 and 1.2 times the basic period".
        var period = pair == _selected ? _options.ConsentInterval : _options.SpareInterval;
        pair.Consent.NextAt = (pair.LastResponseAt ?? _now) + period * (0.8 + 0.4 * _random.NextDouble());
    }

    private int TransmitConsent(Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        if (_selected is not { Consent: { } consent } pair || _now < NextConsentAt(pair, consent) || !IsAlive(pair))
        {
            return TransmitSpareConsent(destination, ref local, ref remote);
        }

        var length = TransmitConsent(pair, consent, destination, ref local, ref remote);
        if (consent.Unanswered == UnansweredBeforeSparesAreAsked)
        {
            AskSpares(consent);
        }

        return length;
    }

    private int TransmitConsent(
        IceCandidatePair pair, Consent consent, Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        var id = NewTransactionId();
        consent.Sent(id, _now);
        consent.NextAt = _now + FollowUp(pair, consent);
        pair.ConsentRequestsSent++;
        local = pair.LocalAddress;
        remote = pair.RemoteAddress;
        return WriteRequest(destination, pair, id, _role, nominates: false);
    }

    // A request that is not answered is followed by others soon, each with its own id (docs/ice.md): on a lossy path consent is
    // not lost by chance, and a dead one is noticed.
    private TimeSpan FollowUp(IceCandidatePair pair, Consent consent)
    {
        if (pair != _selected)
        {
            return consent.Unanswered > SpareFollowUps ? _options.SpareInterval : SpareFollowUp;
        }

        var patient = (pair.CurrentRoundTripTime ?? TimeSpan.Zero) * 1.5;
        return consent.Unanswered > QuickFollowUps ? SlowFollowUp
            : consent.Unanswered > 1 || patient < QuickFollowUp ? QuickFollowUp
            : patient;
    }

    private void ReceiveConsent(StunMessage response, IceCandidatePair pair, Instant sentAt, LocalBase @base, TransportAddress remote)
    {
        if (pair.Base != @base || pair.RemoteAddress != remote || !IsAlive(pair) || !IsAuthentic(response, pair.Generation))
        {
            return;
        }

        // A refusal is no consent; a 487 is acted upon as ever, unless the role has changed since the request.
        if (response.Class == StunClass.ErrorResponse)
        {
            if (sentAt >= _roleSince && response.TryReadErrorCode(out var code, out _) && code == StunErrorCode.RoleConflict)
            {
                Counters.RoleConflicts++;
                _tieBreaker = _random.NextUInt64();
                SwitchRole(_role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
            }

            return;
        }

        pair.MeasureRoundTrip(_now - sentAt);
        Answered(pair);
    }

    private void Answered(IceCandidatePair pair)
    {
        pair.LastResponseAt = _now;
        pair.ResponsesReceived++;
        if (pair.Consent is not null)
        {
            pair.Consent.Answered();
            ScheduleConsent(pair);
        }
    }

    // RFC 7675 §5.1: without an answer for 30 s "the agent MUST cease transmission". IsAlive says so by itself; the pair is
    // marked, so that only a new check, and no late answer, can bring it back.
    private void ExpireConsent()
    {
        if (_selected is { } used)
        {
            ExpireConsent(used);
        }

        foreach (var spare in _spares)
        {
            ExpireConsent(spare);
        }
    }

    private void ExpireConsent(IceCandidatePair pair)
    {
        if (pair is { State: IceCandidatePairState.Succeeded, LastResponseAt: not null } && !IsAlive(pair))
        {
            pair.State = IceCandidatePairState.Failed;
            IceLog.ConsentExpired(_logger, pair.Id);
        }
    }

    private Instant? ConsentDeadline()
    {
        if (_selected is not { } pair || !IsAlive(pair))
        {
            return null;
        }

        var deadline = Ahead(pair.LastResponseAt + _options.ConsentExpiry);
        deadline = Instant.Earliest(deadline, pair.Consent is { } consent ? NextConsentAt(pair, consent) : null);
        deadline = Instant.Earliest(deadline, SparesDeadline());
        return Instant.Earliest(deadline, Ahead(SilentAt(pair)));
    }
}
