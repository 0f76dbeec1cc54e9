using Parley.Net;

namespace Parley.Sctp.Tests.Links;

/// <summary>
/// A model of TCP with CUBIC, written for itself and sharing nothing with Parley, so that it can judge: segments with numbers, a receiver
/// that answers each second one in order, and each out of it, with its cumulative number and the segment's own (a SACK that never runs out
/// of room), losses found by the order of sending (RFC 8985 §6.2 with three packets), CUBIC's window (RFC 9438) with fast convergence, slow
/// start that ends when round trips grow (as HyStart in Linux does), and a retransmission timer.
/// </summary>
internal sealed class TcpCubicFlow : BottleneckFlow
{
    private const int SegmentSize = 1448;
    private const double Cubic = 0.4;
    private const double Decrease = 0.7;

    // The receiver.
    private readonly HashSet<long> _early = [];
    private long _expected;
    private int _unanswered;

    // The sender: by segment, when it was last sent, and whether it is under way (0), has come (1) or is lost (2).
    private readonly Queue<(long Segment, long Sending)> _sendings = new();
    private readonly Queue<long> _lost = new();
    private long[] _lastSending = new long[1024];
    private long[] _sentAt = new long[1024];
    private byte[] _state = new byte[1024];
    private long _first;
    private long _next;
    private long _sending;
    private long _latest = -1;
    private long _underway;
    private long? _recoveryEnd;
    private Instant? _timer;

    // Round trips, in seconds.
    private double _smoothed;
    private double _variation;
    private double _roundLeast = double.MaxValue;
    private double _lastRoundLeast = double.MaxValue;
    private int _roundSamples;
    private long _roundEnd;

    // CUBIC's, in segments and seconds.
    private double _window = 10;
    private double _threshold = double.MaxValue;
    private double _before;
    private double _windowAtLoss;
    private double _friendly;
    private double _k;
    private double _since = -1;

    public override Instant? Deadline => _timer;

    public int Timeouts { get; private set; }

    public override void Begin(Bottleneck link) => Send(link);

    public override void Arrive(in Parcel parcel, Bottleneck link)
    {
        if (!parcel.IsData)
        {
            OnAcknowledged(parcel.Cumulative, parcel.Segment, parcel.Sending, link.Now);
            Send(link);
            return;
        }

        _unanswered++;
        if (parcel.Segment == _expected && _early.Count == 0 && _unanswered < 2)
        {
            _expected++;
            return;
        }

        if (parcel.Segment == _expected)
        {
            do
            {
                _expected++;
            }
            while (_early.Remove(_expected));
        }
        else if (parcel.Segment > _expected)
        {
            _early.Add(parcel.Segment);
        }

        _unanswered = 0;
        Received = _expected * SegmentSize;
        link.Send(new Parcel(this, false, null, 0, parcel.Segment, parcel.Sending, _expected), 64);
    }

    public override void Advance(Bottleneck link)
    {
        if (!(_timer <= link.Now))
        {
            return;
        }

        Timeouts++;
        for (var segment = _first; segment < _next; segment++)
        {
            Lose(segment);
        }

        _sendings.Clear();
        Reduce();
        _window = 2;
        _recoveryEnd = null;
        _timer = null;
        Send(link);
    }

    private int Slot(long segment) => (int)(segment & (_state.Length - 1));

    private void Send(Bottleneck link)
    {
        while (_underway < (long)_window)
        {
            if (!TryTakeLost(out var segment))
            {
                segment = _next++;
                if (_next - _first > _state.Length)
                {
                    Grow();
                }
            }

            var slot = Slot(segment);
            _state[slot] = 0;
            _lastSending[slot] = _sending;
            _sentAt[slot] = link.Now.Nanoseconds;
            _sendings.Enqueue((segment, _sending));
            _underway++;
            link.Send(new Parcel(this, true, null, 0, segment, _sending++, 0), Bottleneck.Mtu);
            _timer ??= link.Now + Timeout;
        }
    }

    private TimeSpan Timeout => TimeSpan.FromSeconds(_smoothed == 0 ? 1 : Math.Max(0.2, _smoothed + 4 * _variation));

    private bool TryTakeLost(out long segment)
    {
        while (_lost.TryDequeue(out segment))
        {
            if (segment >= _first && _state[Slot(segment)] == 2)
            {
                return true;
            }
        }

        return false;
    }

    private void OnAcknowledged(long cumulative, long segment, long sending, Instant now)
    {
        if (segment >= _first && _state[Slot(segment)] != 1 && _lastSending[Slot(segment)] == sending)
        {
            Measure((now.Nanoseconds - _sentAt[Slot(segment)]) / 1e9);
        }

        Take(segment, now);
        for (; _first < cumulative; _first++)
        {
            Take(_first, now);
        }

        _timer = _first == _next ? null : now + Timeout;

        if (_first >= _recoveryEnd)
        {
            _recoveryEnd = null;
        }

        _latest = Math.Max(_latest, sending);
        var found = false;
        while (_sendings.TryPeek(out var oldest) && oldest.Sending <= _latest - 3)
        {
            _sendings.Dequeue();
            found |= oldest.Segment >= _first && _lastSending[Slot(oldest.Segment)] == oldest.Sending && Lose(oldest.Segment);
        }

        if (found && _recoveryEnd is null)
        {
            _recoveryEnd = _next;
            Reduce();
        }
    }

    private void Take(long segment, Instant now)
    {
        var slot = Slot(segment);
        if (segment < _first || _state[slot] == 1)
        {
            return;
        }

        _underway -= _state[slot] == 0 ? 1 : 0;
        _state[slot] = 1;
        if (_recoveryEnd is null)
        {
            Increase(now.Nanoseconds / 1e9);
        }
    }

    private bool Lose(long segment)
    {
        var slot = Slot(segment);
        if (_state[slot] != 0)
        {
            return false;
        }

        _state[slot] = 2;
        _underway--;
        _lost.Enqueue(segment);
        return true;
    }

    private void Measure(double sample)
    {
        (_variation, _smoothed) = _smoothed == 0
            ? (sample / 2, sample)
            : (0.75 * _variation + 0.25 * Math.Abs(_smoothed - sample), 0.875 * _smoothed + 0.125 * sample);
        _roundLeast = Math.Min(_roundLeast, sample);
        if (++_roundSamples == 8 && _window < _threshold && _lastRoundLeast < double.MaxValue
            && _roundLeast >= _lastRoundLeast + Math.Clamp(_lastRoundLeast / 8, 0.004, 0.016))
        {
            _threshold = _window;
        }

        if (_first >= _roundEnd)
        {
            (_lastRoundLeast, _roundLeast, _roundSamples, _roundEnd) = (_roundLeast, double.MaxValue, 0, _next);
        }
    }

    // RFC 9438 §4.2 to §4.5, for one segment acknowledged.
    private void Increase(double now)
    {
        if (_window < _threshold)
        {
            _window++;
            return;
        }

        if (_since < 0)
        {
            _since = now;
            _friendly = _window;
            _before = Math.Max(_before, _window);
            _k = Math.Cbrt((_before - _window) / Cubic);
        }

        var target = Math.Clamp(Curve(now - _since + _smoothed), _window, 1.5 * _window);
        _friendly += (_friendly < _windowAtLoss ? 3 * (1 - Decrease) / (1 + Decrease) : 1) / _window;
        _window = Curve(now - _since) < _friendly ? Math.Max(_window, _friendly) : _window + (target - _window) / _window;
    }

    private double Curve(double elapsed) => Cubic * Math.Pow(elapsed - _k, 3) + _before;

    // §4.6 and §4.7.
    private void Reduce()
    {
        _windowAtLoss = _window;
        _before = _window < _before ? _window * (1 + Decrease) / 2 : _window;
        _threshold = Math.Max(2, _window * Decrease);
        _window = _threshold;
        _since = -1;
    }

    private void Grow()
    {
        var (sendings, times, states) = (_lastSending, _sentAt, _state);
        var length = 2 * states.Length;
        (_lastSending, _sentAt, _state) = (new long[length], new long[length], new byte[length]);
        for (var segment = _first; segment < _next; segment++)
        {
            var from = (int)(segment & (states.Length - 1));
            var to = Slot(segment);
            (_lastSending[to], _sentAt[to], _state[to]) = (sendings[from], times[from], states[from]);
        }
    }
}
