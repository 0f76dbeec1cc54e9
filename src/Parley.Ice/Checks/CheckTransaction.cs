using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>A connectivity check under way.</summary>
internal sealed class CheckTransaction(IceCandidatePair pair, StunTransaction timing, IceRole role, bool nominates)
{
    private StunTransaction _timing = timing;

    public IceCandidatePair Pair { get; } = pair;

    public TransactionId Id => _timing.Id;

    /// <summary>The role the request stated; a 487 is judged by it, not by the role at the time of the answer.</summary>
    public IceRole Role { get; } = role;

    /// <summary>Whether the request carries USE-CANDIDATE.</summary>
    public bool Nominates { get; } = nominates;

    /// <summary>
    /// A cancelled check is not sent again and its silence means nothing, but its answer still counts until this instant
    /// (RFC 8445 §7.3.1.4).
    /// </summary>
    public Instant? CancelledUntil { get; private set; }

    public Instant NextAt => CancelledUntil ?? _timing.NextAt;

    public int Transmissions => _timing.Transmissions;

    public Instant FirstSentAt => _timing.FirstSentAt;

    public bool IsTransmissionDue(Instant now) => CancelledUntil is null && _timing.IsTransmissionDue(now);

    public bool HasEnded(Instant now) => CancelledUntil is { } until ? now >= until : _timing.HasTimedOut(now);

    public void Transmitted(Instant now) => _timing.Transmitted(now);

    public void Cancel(Instant until) => CancelledUntil ??= until;
}
