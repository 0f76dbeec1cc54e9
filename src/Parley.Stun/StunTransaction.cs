using Parley.Net;

namespace Parley.Stun;

/// <summary>
/// The client's side of a request over UDP: when to send it again and when to give up (RFC 8489 §6.2.1). It holds times only;
/// the owner holds the message and calls <see cref="Transmitted"/> whenever it has sent it.
/// </summary>
public struct StunTransaction
{
    private readonly StunRetransmission _schedule;

    /// <summary>A transaction whose request is to be sent now for the first time.</summary>
    public StunTransaction(TransactionId id, StunRetransmission schedule, Instant now)
    {
        Id = id;
        _schedule = schedule;
        NextAt = now;
    }

    /// <summary>The id that the response will bear.</summary>
    public TransactionId Id { get; }

    /// <summary>How often the request was sent.</summary>
    public int Transmissions { get; private set; }

    /// <summary>When the request was sent first.</summary>
    public Instant FirstSentAt { get; private set; }

    /// <summary>When the request was sent last.</summary>
    public Instant LastSentAt { get; private set; }

    /// <summary>When the request is to be sent next, or, after the last transmission, when to give up.</summary>
    public Instant NextAt { get; private set; }

    /// <summary>Whether the request is to be sent at this instant.</summary>
    public readonly bool IsTransmissionDue(Instant now) => Transmissions < _schedule.Rc && now >= NextAt;

    /// <summary>Whether no response is to be hoped for any more.</summary>
    public readonly bool HasTimedOut(Instant now) => Transmissions >= _schedule.Rc && now >= NextAt;

    /// <summary>
    /// The request has been sent. RFC 8489 §6.2.1: the wait doubles after each transmission; after the last of Rc it is Rm
    /// times the first RTO.
    /// </summary>
    public void Transmitted(Instant now)
    {
        if (Transmissions == 0)
        {
            FirstSentAt = now;
        }

        Transmissions++;
        LastSentAt = now;
        NextAt = now + (Transmissions < _schedule.Rc ? Wait() : _schedule.Rto * _schedule.Rm);
    }

    private readonly TimeSpan Wait()
    {
        var wait = _schedule.Rto * (1 << Math.Min(Transmissions - 1, 16));
        return _schedule.MaxWait > TimeSpan.Zero && wait > _schedule.MaxWait ? _schedule.MaxWait : wait;
    }
}
