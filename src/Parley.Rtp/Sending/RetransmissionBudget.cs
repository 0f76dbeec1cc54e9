using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// How much a session may send again: half of the bytes that it sent for the first time in the last second, over all its streams. Whoever
/// asks for more is not answered, so requests for retransmission cannot make a peer send more than half as much again.
/// </summary>
internal sealed class RetransmissionBudget
{
    /// <summary>The share of what was sent for the first time, as a divisor.</summary>
    private const int Share = 2;
    private const int Slots = 20;
    private static readonly long SlotNanoseconds = 1_000_000_000 / Slots;

    private readonly long[] _sent = new long[Slots];
    private readonly long[] _resent = new long[Slots];
    private long _slot;
    private long _sentInAll;
    private long _resentInAll;

    /// <summary>Counts a packet that was sent for the first time.</summary>
    public void OnSent(int bytes, Instant now)
    {
        MoveTo(now);
        _sent[_slot % Slots] += bytes;
        _sentInAll += bytes;
    }

    /// <summary>
    /// Takes a packet's bytes off the budget. False: it is used up. The last packet may exceed it, so that a lone packet can be repaired
    /// too.
    /// </summary>
    public bool TrySpend(int bytes, Instant now)
    {
        MoveTo(now);
        if (_resentInAll * Share >= _sentInAll)
        {
            return false;
        }

        _resent[_slot % Slots] += bytes;
        _resentInAll += bytes;
        return true;
    }

    /// <summary>Forgets what is more than a second old.</summary>
    private void MoveTo(Instant now)
    {
        var slot = now.Nanoseconds / SlotNanoseconds;
        for (var steps = Math.Min(Slots, slot - _slot); steps > 0; steps--)
        {
            ref var sent = ref _sent[(slot - steps + 1) % Slots];
            ref var resent = ref _resent[(slot - steps + 1) % Slots];
            _sentInAll -= sent;
            _resentInAll -= resent;
            sent = resent = 0;
        }

        _slot = Math.Max(_slot, slot);
    }
}
