using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// The search for the largest packet that a path carries (RFC 8899, DPLPMTUD): upward from a base that every path takes, one probe at a
/// time, over the sizes that real paths have. Data is cut into chunks for the base whatever has been found, so that what was lost in a
/// large packet can be sent again in smaller ones.
/// </summary>
/// <param name="baseSize">What every path takes: "BASE_PLPMTU", in bytes of SCTP packet.</param>
/// <param name="limit">The largest packet worth looking for.</param>
internal sealed class PathMtuSearch(int baseSize, int limit)
{
    /// <summary>RFC 8899 §5.1.2: "MAX_PROBES".</summary>
    private const int MaxProbes = 3;

    /// <summary>What is tried first: Ethernet's.</summary>
    private const int FirstTried = 1432;

    /// <summary>RFC 8899 §5.1.1: "PMTU_RAISE_TIMER".</summary>
    private static readonly TimeSpan RaiseInterval = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8899 §5.1.1, PROBE_TIMER: "This value MUST NOT be smaller than 1 second".</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    // Packets for MTUs of 1,280, 1,400, 1,420 (WireGuard), 1,480, 1,500 and 9,000 bytes, less IP (20 or 40), UDP (8) and a DTLS record
    // (37).
    private static readonly int[] Sizes = [1192, 1212, 1312, 1332, 1352, 1412, FirstTried, 8912, 8932, SctpAssociation.LargestPacket];

    private readonly int _end = Array.FindLastIndex(Sizes, size => size <= limit) + 1;
    private ProtocolTimer _timer;
    private int _carried = -1;
    private int _refused;
    private int _tried = -1;
    private int _attempts;
    private bool _hasBegun;

    /// <summary>The largest packet that the path is known to carry, in bytes.</summary>
    public int Size => _carried < 0 ? baseSize : Math.Max(baseSize, Sizes[_carried]);

    /// <summary>The size of the probe that is to be sent now; 0: none.</summary>
    public int Wanted { get; private set; }

    /// <summary>By what the answer to the present probe is known; 0: none is awaited.</summary>
    public ulong Nonce { get; private set; }

    public Instant? Deadline => _timer.Due;

    /// <summary>Begins, unless it has begun or there is nothing to find.</summary>
    public void Begin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _refused = _end;
            TryNext();
        }
    }

    /// <summary>The probe has left.</summary>
    public void OnSent(ulong nonce, TimeSpan timeout, Instant now)
    {
        Nonce = nonce;
        Wanted = 0;
        _timer.Start(now + (timeout > LeastWait ? timeout : LeastWait));
    }

    /// <summary>The peer has answered the probe: the path carries its size.</summary>
    public void OnAnswered(Instant now)
    {
        _carried = _tried;
        TryNext();
        if (Wanted == 0)
        {
            Rest(now);
        }
    }

    /// <summary>
    /// The probe on its way was too large already where it was sent from: no answer will come, and no other try is worth it.
    /// </summary>
    public void OnRefused(Instant now)
    {
        if (Nonce == 0)
        {
            return;
        }

        _refused = _tried;
        TryNext();
        if (Wanted == 0)
        {
            Rest(now);
        }
    }

    /// <summary>The size of the probe that is awaited, in bytes; 0: none is.</summary>
    public int Awaited => Nonce == 0 ? 0 : Sizes[_tried];

    /// <summary>Time has passed: a probe is lost, or it is time to look whether the path carries more than before.</summary>
    public void Advance(Instant now)
    {
        if (!_timer.Expire(now))
        {
            return;
        }

        if (Nonce == 0)
        {
            _refused = _end;
            TryNext();
        }
        else if (++_attempts < MaxProbes)
        {
            // The same nonce no more: a late answer would still be true, but tells nothing that this one will not.
            Want(_tried);
        }
        else
        {
            _refused = _tried;
            TryNext();
        }

        if (Wanted == 0)
        {
            Rest(now);
        }
    }

    /// <summary>
    /// Nothing came back for a retransmission timeout: perhaps the path carries less than before (RFC 8899 §4.3, black hole detection).
    /// Packets are small until a probe has proved the size again.
    /// </summary>
    public void Suspect()
    {
        if (_carried < 0)
        {
            return;
        }

        Want(_carried);
        _carried = -1;
        _attempts = 0;
    }

    /// <summary>The path is another one: begins again from the base.</summary>
    public void Reset()
    {
        _timer.Stop();
        _carried = -1;
        Wanted = 0;
        Nonce = 0;
        _hasBegun = false;
    }

    // Upward while all is carried, then halfway between what is and what is not.
    private void TryNext()
    {
        _attempts = 0;
        Nonce = 0;
        _timer.Stop();
        var next = _refused == _end
            ? Math.Max(_carried + 1, Math.Min(Array.IndexOf(Sizes, FirstTried), _end - 1))
            : (_carried + _refused) / 2;
        if (next > _carried && next < _refused && Sizes[next] > baseSize)
        {
            Want(next);
        }
    }

    private void Want(int next)
    {
        _tried = next;
        Nonce = 0;
        Wanted = Sizes[next];
    }

    private void Rest(Instant now)
    {
        if (_carried + 1 < _end)
        {
            _timer.Start(now + RaiseInterval);
        }
    }
}
