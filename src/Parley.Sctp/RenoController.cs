using Parley.Net;

namespace Parley.Sctp;

/// <summary>The congestion control of RFC 9260 §7.2: slow start, congestion avoidance, halving at loss.</summary>
public sealed class RenoController : ICongestionController
{
    private int _packetSize;
    private long _threshold = long.MaxValue;
    private long _partial;

    /// <summary>Makes a controller with an initial window of ten packets (RFC 6928 §2; RFC 9260 §7.2.1 says 4,404 bytes).</summary>
    /// <param name="packetSize">The largest packet, in bytes.</param>
    public RenoController(int packetSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packetSize);
        _packetSize = packetSize;
        Window = 10L * packetSize;
    }

    /// <inheritdoc/>
    public long Window { get; private set; }

    /// <inheritdoc/>
    public void OnSent(in SentPacket packet, Instant now)
    {
    }

    /// <inheritdoc/>
    public void OnAcknowledged(in Acknowledgement acknowledged, Instant now)
    {
        if (acknowledged.InFastRecovery || !acknowledged.CumulativeAdvanced)
        {
            return;
        }

        if (Window <= _threshold)
        {
            // §7.2.1: "cwnd MUST be increased by, at most, the lesser of the total size of the previously outstanding DATA chunk(s)
            // acknowledged and L times the destination's PMTU"; L bounds ack-splitting, and a loop that reads in batches sends few SACKs:
            // the bytes acknowledged are counted whole, as RFC 3465 does with an unbounded L after RFC 9438's advice for large windows.
            if (acknowledged.WindowLimited)
            {
                Window += acknowledged.BytesAcknowledged;
            }
        }
        else
        {
            // §7.2.2.
            _partial += acknowledged.BytesAcknowledged;
            if (_partial >= Window)
            {
                _partial -= Window;
                if (acknowledged.WindowLimited)
                {
                    Window += _packetSize;
                }
            }
        }

        if (acknowledged.AllAcknowledged)
        {
            _partial = 0;
        }
    }

    /// <inheritdoc/>
    public void OnLoss(long bytesInFlight, Instant now)
    {
        // §7.2.3.
        _threshold = Math.Max(Window / 2, 4L * _packetSize);
        Window = _threshold;
        _partial = 0;
    }

    /// <inheritdoc/>
    public void OnRetransmissionTimeout(long bytesInFlight, Instant now)
    {
        _threshold = Math.Max(Window / 2, 4L * _packetSize);
        Window = _packetSize;
        _partial = 0;
    }

    /// <inheritdoc/>
    public void OnPacketSizeChanged(int packetSize) => _packetSize = packetSize;

    /// <inheritdoc/>
    public void OnIdle() => Window = Math.Max(Window / 2, 4L * _packetSize);
}
