using Parley.Net;

namespace Parley.Ice;

// The other valid pairs: kept warm, so that one of them carries the data soon after the pair in use has died (docs/ice.md).
public sealed partial class IceAgent
{
    private const int MaxSpares = 8;

    /// <summary>Requests in a row without an answer, by which a pair in use with a spare is taken for dead.</summary>
    private const int UnansweredWhenDead = 10;

    /// <summary>How long the pair in use may be quiet before it is asked whether it lives, while another could take its place.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    /// <summary>The same once the peer was heard on another pair instead.</summary>
    private static readonly TimeSpan SuspectTime = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// The same while the peer's own datagrams still arrive: then only this side's way there can be dead, and loss is the likelier cause.
    /// </summary>
    private static readonly TimeSpan LeastSilenceWhileHeard = TimeSpan.FromSeconds(3);

    /// <summary>How long the peer may take to be heard on the pair that this side has moved to.</summary>
    private static readonly TimeSpan TimeToFollow = TimeSpan.FromSeconds(1);

    /// <summary>How long the controlling peer sends by a pair that it nominated, and by no other, until this side does so too.</summary>
    private static readonly TimeSpan TimeToBelieve = TimeSpan.FromSeconds(1);

    private readonly List<IceCandidatePair> _spares = [];

    /// <summary>
    /// When data went over to a spare, and when the peer was heard last on the pair before; null: data goes by the pair that was chosen
    /// first.
    /// </summary>
    private (Instant At, Instant? HeardBefore)? _move;

    /// <summary>
    /// Chooses the spares among the valid pairs: first those that share no address with the pair in use, then those that share one, each by
    /// priority. What dies is an address, a network or a NAT's binding, seldom a pair alone.
    /// </summary>
    private void ChooseSpares()
    {
        _spares.Clear();
        if (_selected is not { } used || used.Generation != _current || _current.Checklist.Pairs.Count == 1)
        {
            return;
        }

        AddSpares(used, 0, 0);
        AddSpares(used, 1, 1);
        AddSpares(used, 2, 2);
    }

    private void AddSpares(IceCandidatePair used, int fewest, int most)
    {
        foreach (var pair in _current.Checklist.Pairs)
        {
            var shared = SharedAddresses(pair, used);
            if (pair == used || shared < fewest || shared > most || _spares.Count == MaxSpares || !IsAlive(pair))
            {
                continue;
            }

            _spares.Add(pair);
            if (pair.Consent is null)
            {
                ScheduleConsent(pair);
            }
        }
    }

    private static int SharedAddresses(IceCandidatePair pair, IceCandidatePair other) =>
        (pair.LocalAddress.HasSameAddress(other.LocalAddress) ? 1 : 0) + (pair.RemoteAddress.HasSameAddress(other.RemoteAddress) ? 1 : 0);

    /// <summary>Whether an unchecked pair would be another way to the peer than those that are known or being tried.</summary>
    private static bool IsOtherWay(IceGeneration generation, IceCandidatePair pair)
    {
        var others = 0;
        foreach (var other in generation.Checklist.Pairs)
        {
            if (other == pair || other.State == IceCandidatePairState.Failed || !IsWorthTrying(other))
            {
                continue;
            }

            if (SharedAddresses(pair, other) == 2)
            {
                return false;
            }

            others++;
        }

        return others <= MaxSpares;
    }

    // Of the pairs of a concluded generation: valid, or one of those that are still to be tried.
    private static bool IsWorthTrying(IceCandidatePair pair) => pair.State == IceCandidatePairState.Succeeded || pair.IsSpare;

    /// <summary>
    /// Consent checks come before their time when the pair in use is quiet and could be replaced, or when data came by it until just now.
    /// </summary>
    private Instant? QuietUntil(IceCandidatePair used)
    {
        if (used.HeardAt is not { } heard)
        {
            return null;
        }

        foreach (var spare in _spares)
        {
            if (spare.PeerHeardAt > heard)
            {
                return heard + SuspectTime;
            }
        }

        return _spares.Count > 0 || used.LastPacketReceivedAt == heard ? heard + QuietTime : null;
    }

    /// <summary>When the next consent request of the pair in use goes.</summary>
    private Instant NextConsentAt(IceCandidatePair used, Consent consent) =>
        consent.Unanswered == 0 && QuietUntil(used) is { } quiet && quiet < consent.NextAt ? quiet : consent.NextAt;

    /// <summary>Moves the data to a spare that answers when the pair in use does not, or to the one that the peer sends by.</summary>
    private void WatchSelected()
    {
        if (_selected is not { Consent: { } consent } used || _spares.Count == 0 || used.Generation != _current)
        {
            return;
        }

        if (_role == IceRole.Controlled && PeersChoice(used) is { } chosen)
        {
            MoveTo(chosen, used);
        }
        else if (IsDead(used, consent) && Heir(consent) is { } heir)
        {
            MoveTo(heir, used);
        }
    }

    private bool IsDead(IceCandidatePair used, Consent consent) => DeadAt(used, consent) is { } at && _now >= at;

    private static Instant? DeadAt(IceCandidatePair used, Consent consent)
    {
        if (consent.Unanswered < UnansweredWhenDead)
        {
            return null;
        }

        var patient = (used.CurrentRoundTripTime ?? TimeSpan.Zero) * 2.5;
        var least = used.PeerHeardAt > consent.FirstUnansweredAt ? LeastSilenceWhileHeard : LeastSilence;
        return consent.FirstUnansweredAt + (patient > least ? patient : least);
    }

    /// <summary>
    /// The best of the spares that have answered since the pair in use has not: where the peer is heard, what it nominated last, then by
    /// priority.
    /// </summary>
    private IceCandidatePair? Heir(Consent consent)
    {
        IceCandidatePair? best = null;
        foreach (var spare in _spares)
        {
            if (spare.LastResponseAt >= consent.FirstUnansweredAt && (best is null || IsBetterHeir(spare, best, consent.FirstUnansweredAt)))
            {
                best = spare;
            }
        }

        return best;
    }

    private static bool IsBetterHeir(IceCandidatePair pair, IceCandidatePair other, Instant since)
    {
        var (isHeard, isOtherHeard) = (pair.LastPacketReceivedAt >= since, other.LastPacketReceivedAt >= since);
        return isHeard != isOtherHeard ? isHeard
            : pair.NominatedAt != other.NominatedAt ? other.NominatedAt is null || pair.NominatedAt > other.NominatedAt
            : pair.Priority > other.Priority;
    }

    // RFC 8445 §8.1.1 knows one nomination; libwebrtc makes another when it changes networks, and then its data comes the new way alone.
    private IceCandidatePair? PeersChoice(IceCandidatePair used)
    {
        foreach (var spare in _spares)
        {
            if (spare.IsNominated
                && spare.LastPacketReceivedAt is { } at
                && spare.Consent is not { Unanswered: >= UnansweredBeforeSparesAreAsked }
                && (used.LastPacketReceivedAt is not { } before || at >= before + TimeToBelieve) && spare.NominatedAt > used.NominatedAt)
            {
                return spare;
            }
        }

        return null;
    }

    private void MoveTo(IceCandidatePair heir, IceCandidatePair before)
    {
        IceLog.Moved(_logger, before.Id, heir.Id);
        Counters.Moves++;
        _current.Preferred = heir;
        _move = (_now, before.HeardAt);
        if (_role == IceRole.Controlling)
        {
            _current.Nominating = heir;
            heir.IsToBeNominated = true;
            _current.Checklist.Trigger(heir);
        }
    }

    /// <summary>
    /// Whether this side has moved to another pair and the peer was not heard there: it may hold to its one nomination (RFC 8445 §8.1.1)
    /// and still send where nothing arrives. Then only a restart helps.
    /// </summary>
    private bool IsAlone(IceCandidatePair used) => AloneAt(used) is { } at && _now >= at;

    private Instant? AloneAt(IceCandidatePair used) =>
        _move is { } move && !HasFollowed(used, move.HeardBefore) ? move.At + TimeToFollow : null;

    private static bool HasFollowed(IceCandidatePair used, Instant? heardBefore) => heardBefore is null || used.PeerHeardAt > heardBefore;

    private Instant? SparesDeadline()
    {
        if (_selected is not { Consent: { } consent } used)
        {
            return null;
        }

        var deadline = Instant.Earliest(Ahead(DeadAt(used, consent)), Ahead(AloneAt(used)));
        foreach (var spare in _spares)
        {
            deadline = Instant.Earliest(deadline, spare.Consent?.NextAt);
        }

        return deadline;
    }

    /// <summary>
    /// The spares are asked when the pair in use seems dead: one of them shall be known to live by the time it is needed.
    /// </summary>
    private void AskSpares(Consent used)
    {
        foreach (var spare in _spares)
        {
            if (spare.Consent is { Unanswered: 0 } consent && !(spare.LastResponseAt >= used.FirstUnansweredAt))
            {
                consent.NextAt = _now;
            }
        }
    }

    private int TransmitSpareConsent(Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        foreach (var spare in _spares)
        {
            if (spare.Consent is { } consent && _now >= consent.NextAt && IsAlive(spare))
            {
                return TransmitConsent(spare, consent, destination, ref local, ref remote);
            }
        }

        return 0;
    }
}
