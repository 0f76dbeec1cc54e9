using Parley.Net;

namespace Parley.Rtp;

/// <summary>What a receiver report says of one SSRC (RFC 3550 §6.4.1, A.1, A.3, A.8).</summary>
internal sealed class ReceptionStatistics(Ssrc source)
{
    // RFC 3550 A.1. A packet may come later than the RFC's 100 numbers here, since retransmissions do.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 3000;

    private bool _started;
    private long _base;
    private long _received;
    private long _expectedPrior;
    private long _receivedPrior;
    private int _restart = -1;
    private bool _hasTransit;
    private uint _transit;
    private double _jitter;
    private NtpTimestamp _senderReportTime;
    private Instant _senderReportAt;

    public Ssrc Source { get; } = source;

    public ExtendedSequenceNumber Highest { get; private set; }

    /// <summary>Whether anything came since the last report block was made (RFC 3550 §6.4).</summary>
    public bool HeardSinceReport { get; private set; }

    /// <summary>Interarrival jitter in ticks.</summary>
    public double Jitter => _jitter;

    public byte FractionLost { get; private set; }

    /// <summary>Packets expected and not received; duplicates can make it negative (§6.4.1).</summary>
    public long Lost => _started ? Highest.Value - _base + 1 - _received : 0;

    /// <summary>
    /// Counts the number's roll-overs (A.1). False: it lies so far off that the packet is dropped, until the next one follows on it;
    /// then <paramref name="restarted"/> tells that the sender began anew.
    /// </summary>
    public bool TryExtend(SequenceNumber number, out ExtendedSequenceNumber extended, out bool restarted)
    {
        restarted = false;
        if (!_started)
        {
            // Begin one cycle up, so that a packet from before the first one never gets a negative number.
            Restart(number);
            extended = Highest;
            return true;
        }

        extended = Highest.Nearest(number);
        var distance = extended - Highest;
        if (distance is <= MaxDropout and >= -MaxMisorder)
        {
            _restart = -1;
            return true;
        }

        if (number.Value != _restart)
        {
            _restart = number.Next.Value;
            return false;
        }

        Restart(number);
        extended = Highest;
        restarted = true;
        return true;
    }

    /// <summary>Counts a packet as received.</summary>
    public void Count(ExtendedSequenceNumber number, RtpTimestamp timestamp, int clockRate, Instant now)
    {
        _received++;
        HeardSinceReport = true;
        var inOrder = number > Highest || _received == 1;
        Highest = number > Highest ? number : Highest;
        if (clockRate > 0 && inOrder)
        {
            // A.8: the difference of relative transit times, in ticks, smoothed by 1/16.
            var arrival = (uint)Proportion.Of(now.Nanoseconds, clockRate, 1_000_000_000);
            var transit = arrival - timestamp.Value;
            if (_hasTransit)
            {
                var difference = Math.Abs((double)SerialNumber.Difference(transit, _transit));
                _jitter += (difference - _jitter) / 16;
            }

            _transit = transit;
            _hasTransit = true;
        }
    }

    /// <summary>Forgets the transit time, when the clock rate changes or the stream pauses.</summary>
    public void ResetTransit() => _hasTransit = false;

    public void OnSenderReport(NtpTimestamp time, Instant now)
    {
        _senderReportTime = time;
        _senderReportAt = now;
    }

    /// <summary>Makes a report block and begins the next interval (A.3).</summary>
    public RtcpReportBlock MakeReport(Instant now)
    {
        var expected = Highest.Value - _base + 1;
        var expectedInterval = expected - _expectedPrior;
        var lostInterval = expectedInterval - (_received - _receivedPrior);
        _expectedPrior = expected;
        _receivedPrior = _received;
        FractionLost = expectedInterval <= 0 || lostInterval <= 0 ? (byte)0 : (byte)Math.Min(255, (lostInterval << 8) / expectedInterval);
        HeardSinceReport = false;

        uint last = 0, delay = 0;
        if (_senderReportTime.Value != 0)
        {
            last = _senderReportTime.Middle32;
            delay = (uint)Math.Clamp(
                (long)((Int128)(now.Nanoseconds - _senderReportAt.Nanoseconds) * 65536 / 1_000_000_000), 0, uint.MaxValue);
        }

        return new RtcpReportBlock(
            Source, FractionLost, (int)Math.Clamp(Lost, -0x800000, 0x7FFFFF), (uint)(Highest.Value - 65536), (uint)_jitter, last, delay);
    }

    private void Restart(SequenceNumber number)
    {
        _started = true;
        Highest = new ExtendedSequenceNumber(65536L + number.Value);
        _base = Highest.Value;
        _received = _expectedPrior = _receivedPrior = 0;
        _restart = -1;
        _hasTransit = false;
    }
}
