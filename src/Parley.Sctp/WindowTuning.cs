using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// How much the peer may send ahead: some times what has been read in a round trip, so that the window is never what holds a fast path
/// back, and a reader that stops has little waiting for it.
/// </summary>
/// <param name="reassembly">Whose limit is raised.</param>
/// <param name="limit">The most it is raised to, in bytes.</param>
internal sealed class WindowTuning(Reassembly reassembly, long limit)
{
    // A sender in slow start doubles its window each round trip, and learns of this one's growth a round trip later.
    private const int WindowPerRoundTrip = 4;

    // Bytes read before round trips are asked for: a connection with little to say would gain nothing from a larger window.
    private const int WorthAsking = 64 * 1024;

    private static readonly TimeSpan RoundTripLifetime = TimeSpan.FromSeconds(3);
    private TimeSpan? _roundTrip;
    private Instant? _askedAt;
    private Instant _roundBegin;
    private long _consumedBefore;
    private long _receivedBefore;
    private ulong _nonce;

    /// <summary>Whether a HEARTBEAT shall travel with the next SACK: who only receives measures no round trips.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>A packet with data has come.</summary>
    public void Tune(Instant now)
    {
        if (reassembly.Limit >= limit)
        {
            return;
        }

        if (!(now - _askedAt <= RoundTripLifetime) && reassembly.Consumed > WorthAsking)
        {
            IsAsking = true;
        }

        if (_roundTrip is not { } roundTrip || now - _roundBegin < roundTrip || now == _roundBegin)
        {
            return;
        }

        // Of what is read only as much as came: a reader that takes at once what waited for it says nothing of the path.
        var read = Math.Min(reassembly.Consumed - _consumedBefore, reassembly.Admitted - _receivedBefore);
        var perRoundTrip = read * (roundTrip / (now - _roundBegin));
        reassembly.Limit = Math.Clamp((long)(WindowPerRoundTrip * perRoundTrip), reassembly.Limit, limit);
        BeginRound(now);
    }

    /// <summary>The HEARTBEAT leaves.</summary>
    /// <param name="nonce">By what its answer is known; not 0.</param>
    /// <param name="now">The present instant.</param>
    public void OnAsked(ulong nonce, Instant now)
    {
        IsAsking = false;
        _askedAt = now;
        _nonce = nonce;
    }

    /// <summary>A HEARTBEAT ACK has come. A lost one is no failure of the path (RFC 9260 §8.3): nobody waits for it.</summary>
    /// <returns>The round trip, when it answers the last asked; else null.</returns>
    public TimeSpan? OnAnswered(ulong nonce, Instant now)
    {
        if (nonce == 0 || nonce != _nonce || _askedAt is not { } askedAt)
        {
            return null;
        }

        if (_roundTrip is null)
        {
            BeginRound(now);
        }

        _nonce = 0;
        return _roundTrip = now - askedAt;
    }

    private void BeginRound(Instant now)
    {
        _roundBegin = now;
        _consumedBefore = reassembly.Consumed;
        _receivedBefore = reassembly.Admitted;
    }
}
