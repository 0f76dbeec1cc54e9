using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// CUBIC (RFC 9438): after a loss the window grows by a cubic function of time, fast while far from where the loss was and on long
/// paths, and never slower than Reno would. Slow start ends as HyStart++ says (RFC 9406).
/// </summary>
public sealed class CubicController : ICongestionController
{
    // RFC 9438 §4.1.1, §4.6, §4.3.
    private const double C = 0.4;
    private const double Beta = 0.7;
    private const double FriendlyAlpha = 3 * (1 - Beta) / (1 + Beta);

    private int _packetSize;
    private readonly HyStart _hyStart = new();
    private bool _isInitialSlowStart = true;
    private double _threshold = double.MaxValue;
    private double _window;
    private double _windowMax;
    private double _windowBeforeLoss;
    private double _friendly;
    private double _k;
    private Instant? _epoch;
    private Instant _lastAcknowledgedAt;
    private TimeSpan _roundTrip;

    /// <summary>Makes a controller with an initial window of ten packets (RFC 6928 §2).</summary>
    /// <param name="packetSize">The largest packet, in bytes.</param>
    public CubicController(int packetSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packetSize);
        _packetSize = packetSize;
        _window = 10.0 * packetSize;
    }

    /// <inheritdoc/>
    public long Window => (long)_window;

    /// <inheritdoc/>
    public void OnSent(in SentPacket packet, Instant now)
    {
        if (_isInitialSlowStart)
        {
            _hyStart.OnSent(packet.Bytes);
        }
    }

    /// <inheritdoc/>
    public void OnAcknowledged(in Acknowledgement acknowledged, Instant now)
    {
        if (acknowledged.LatestRoundTrip is { } latest)
        {
            _roundTrip = latest;
        }

        if (!acknowledged.InFastRecovery)
        {
            Grow(acknowledged, now);
        }

        _lastAcknowledgedAt = now;
    }

    /// <inheritdoc/>
    public void OnLoss(long bytesInFlight, Instant now)
    {
        Reduce();
        _window = _threshold;
    }

    /// <inheritdoc/>
    public void OnRetransmissionTimeout(long bytesInFlight, Instant now)
    {
        // RFC 9438 §4.8; the window itself is RFC 9260 §7.2.3's.
        Reduce();
        _window = _packetSize;
    }

    /// <inheritdoc/>
    public void OnIdle()
    {
        _window = Math.Max(_window / 2, 4.0 * _packetSize);
        _epoch = null;
    }

    /// <inheritdoc/>
    public void OnPacketSizeChanged(int packetSize)
    {
        _packetSize = packetSize;
        _epoch = null;
    }

    // §4.6 and §4.7, fast convergence.
    private void Reduce()
    {
        _isInitialSlowStart = false;
        _windowBeforeLoss = _window;
        _windowMax = _window < _windowMax ? _window * (1 + Beta) / 2 : _window;
        _threshold = Math.Max(_window * Beta, 4.0 * _packetSize);
        _epoch = null;
    }

    private void Grow(in Acknowledgement acknowledged, Instant now)
    {
        if (_window < _threshold)
        {
            GrowInSlowStart(acknowledged);
            return;
        }

        if (!acknowledged.WindowLimited)
        {
            // §5.8: time in which the window was not what held the sender back does not count.
            _epoch = _epoch is { } begun ? begun + (now - _lastAcknowledgedAt) : null;
            return;
        }

        var epoch = _epoch ?? BeginEpoch(now);
        var elapsed = now - epoch;
        _friendly += (_friendly >= _windowBeforeLoss ? 1 : FriendlyAlpha) * _packetSize * acknowledged.BytesAcknowledged / _window;
        if (Cubic(elapsed) < _friendly)
        {
            // §4.3: the Reno-friendly region.
            _window = Math.Max(_window, _friendly);
            return;
        }

        // §4.4 and §4.5: "W_cubic(t + RTT)", at most half as much again.
        var target = Math.Clamp(Cubic(elapsed + _roundTrip), _window, 1.5 * _window);
        _window += (target - _window) / _window * acknowledged.BytesAcknowledged;
    }

    private void GrowInSlowStart(in Acknowledgement acknowledged)
    {
        if (!_isInitialSlowStart)
        {
            _window += acknowledged.WindowLimited ? acknowledged.BytesAcknowledged : 0;
            return;
        }

        var growth = _hyStart.OnAcknowledged(acknowledged.BytesAcknowledged, acknowledged.LatestRoundTrip);
        if (growth is null)
        {
            _isInitialSlowStart = false;
            _threshold = _window;
            return;
        }

        _window += acknowledged.WindowLimited ? growth.Value : 0;
    }

    // §4.2: K is the time until the window is where it was at the loss.
    private Instant BeginEpoch(Instant now)
    {
        _epoch = now;
        _friendly = _window;
        if (_windowMax <= _window)
        {
            _windowMax = _window;
        }

        _k = Math.Cbrt((_windowMax - _window) / _packetSize / C);
        return now;
    }

    private double Cubic(TimeSpan elapsed)
    {
        var distance = elapsed.TotalSeconds - _k;
        return C * distance * distance * distance * _packetSize + _windowMax;
    }
}
