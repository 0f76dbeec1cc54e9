using Parley.Net;

namespace Parley.Rtp;

/// <content>What the other side says of the stream, and what reports say to it.</content>
public sealed partial class RtpOutbound
{
    private static readonly TimeSpan KeyFrameSpacing = TimeSpan.FromMilliseconds(200);

    private bool _keyFramePending;
    private Instant? _keyFrameRequestedAt;
    private int _firSequence = -1;
    private long _sentAtReport;
    private int _silentReports;

    /// <summary>Whether RTP went out within the last two reporting intervals, which makes the stream a sender (RFC 3550 §6.3.8).</summary>
    internal bool IsSender => HasSent && _silentReports < 2;

    internal bool NeedsFirstReport => HasSent && _statistics.ReportsSent == 0;

    internal Instant? Deadline => Instant.Earliest(_eventNext, _keyFramePending ? _keyFrameRequestedAt + KeyFrameSpacing : null);

    internal void Advance(Instant now)
    {
        ForgetOld(now);
        AdvanceEvent(now);
        if (_keyFramePending && now >= _keyFrameRequestedAt + KeyFrameSpacing)
        {
            RaiseKeyFrameRequest(now);
        }
    }

    internal RtcpSenderInformation MakeReport(Instant now)
    {
        _silentReports = _statistics.PacketsSent == _sentAtReport ? _silentReports + 1 : 0;
        _sentAtReport = _statistics.PacketsSent;
        _statistics.ReportsSent++;

        // §6.4.1: the RTP timestamp corresponds to the same time as the NTP timestamp: the last frame's, moved on by the time since its
        // capture.
        var since = (long)((Int128)(now.Nanoseconds - _lastCapturedAt.Nanoseconds) * _lastClockRate / 1_000_000_000);
        return new RtcpSenderInformation(
            _session.NtpTime(now), new RtpTimestamp(_lastTimestamp + (uint)since), (uint)_statistics.PacketsSent,
            (uint)_statistics.BytesSent);
    }

    internal void OnReport(in RtcpReportBlock block, Instant now)
    {
        _statistics.ReportsReceived++;
        _statistics.LastReportReceivedAt = now;
        _statistics.RemotePacketsLost = block.CumulativeLost;

        // §6.4.1: received = expected - lost. The peer's count of roll-overs begins with its first packet, so only the low 16 bits are
        // taken from it.
        var highest = Math.Min(
            _sequence - 1, new ExtendedSequenceNumber(_sequence).Nearest(new SequenceNumber((ushort)block.HighestSequence)).Value);
        _statistics.RemotePacketsReceived = Math.Max(0, highest - _firstSequence + 1 - block.CumulativeLost);
        _statistics.RemoteFractionLost = block.FractionLost / 256.0;
        _statistics.RemoteJitter = _lastClockRate == 0 ? 0 : block.Jitter / (double)_lastClockRate;

        // §6.4.1: both are zero before a report of this side has reached the peer. webrtc-stats asks for "a DLSR value other than 0".
        if (block.LastSenderReport == 0 || block.DelaySinceLastSenderReport == 0)
        {
            return;
        }

        // §6.4.1: A - LSR - DLSR, in 1/65,536 s. A negative or absurd one comes from clocks or a peer that erred.
        var trip = (int)(_session.NtpTime(now).Middle32 - block.LastSenderReport - block.DelaySinceLastSenderReport);
        if (trip is < 0 or > 60 * 65536)
        {
            return;
        }

        var time = new TimeSpan(trip * TimeSpan.TicksPerSecond / 65536);
        _statistics.RoundTripTime = time;
        _statistics.TotalRoundTripTime += time;
        _statistics.RoundTripTimeMeasurements++;
        _session.OnRoundTripTime(time);
    }

    internal void OnPictureLossIndication(Instant now)
    {
        _statistics.PliCount++;
        RequestKeyFrame(now);
    }

    internal void OnFullIntraRequest(byte sequence, Instant now)
    {
        // RFC 5104 §4.3.1.2: a repetition carries the same number.
        if (sequence == _firSequence)
        {
            return;
        }

        _firSequence = sequence;
        _statistics.FirCount++;
        RequestKeyFrame(now);
    }

    private void RequestKeyFrame(Instant now)
    {
        if (_keyFrameRequestedAt is { } last && now < last + KeyFrameSpacing)
        {
            _keyFramePending = true;
            return;
        }

        RaiseKeyFrameRequest(now);
    }

    private void RaiseKeyFrameRequest(Instant now)
    {
        _keyFramePending = false;
        _keyFrameRequestedAt = now;
        _session.Raise(new RtpEvent { Kind = RtpEventKind.KeyFrameRequested, Outbound = this });
    }
}
