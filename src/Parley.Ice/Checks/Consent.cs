using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>
/// The consent checks of a path (RFC 7675): when the next goes, and which are still unanswered. RFC 7675 §5.1: "a response
/// might be for a previous request (rather than for the most recently sent request)".
/// </summary>
internal sealed class Consent
{
    private const int Remembered = 16;

    private readonly (TransactionId Id, Instant SentAt)[] _sent = new (TransactionId, Instant)[Remembered];
    private int _count;

    /// <summary>When the next request goes.</summary>
    public Instant NextAt { get; set; }

    /// <summary>Requests sent since the last response.</summary>
    public int Unanswered { get; private set; }

    /// <summary>When the first of them was sent.</summary>
    public Instant FirstUnansweredAt { get; private set; }

    public void Sent(TransactionId id, Instant now)
    {
        if (Unanswered++ == 0)
        {
            FirstUnansweredAt = now;
        }

        _sent[_count % Remembered] = (id, now);
        _count = _count == 2 * Remembered - 1 ? Remembered : _count + 1;
    }

    public bool TryFind(TransactionId id, out Instant sentAt)
    {
        for (var index = 0; index < Math.Min(_count, Remembered); index++)
        {
            if (_sent[index].Id == id)
            {
                sentAt = _sent[index].SentAt;
                return true;
            }
        }

        sentAt = default;
        return false;
    }

    /// <summary>A response has come: all that was sent counts as answered.</summary>
    public void Answered()
    {
        Unanswered = 0;
        _count = 0;
    }
}
