using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp;

/// <content>RTP and RTCP going out.</content>
public sealed partial class RtpSession
{
    private const int MaxGoodbyes = 64;

    /// <summary>How many seconds' worth of bytes may leave at once when pacing.</summary>
    private const double PacingBurst = 0.010;

    private readonly Queue<Ssrc> _goodbyes = [];
    private readonly List<RtpInboundStream> _reported = [];
    private int _turn;
    private bool _reporting;
    private int _nextSender;
    private int _nextReported;
    private double _pacingCredit;
    private Instant _pacedAt;

    private Ssrc LocalSsrc => _outbounds.Count > 0 ? _outbounds[0].Ssrc : _ownSsrc;

    private Instant? PacingDeadline
    {
        get
        {
            if (Options.PacingRate is not { } rate || _pacingCredit > 0 || !HasRtpWork)
            {
                return null;
            }

            return _pacedAt + TimeSpan.FromSeconds((1 - _pacingCredit) * 8 / rate);
        }
    }

    private bool HasRtpWork
    {
        get
        {
            foreach (var outbound in _outbounds)
            {
                if (outbound.HasWork)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Writes the next packet, RTP or RTCP (tell them apart by <see cref="RtpPacketView.IsRtcp"/>), and answers its length; 0: nothing to
    /// send.
    /// </summary>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="MaxPacketSize"/>.</exception>
    public int Transmit(Span<byte> destination, Instant now)
    {
        if (destination.Length < MaxPacketSize)
        {
            throw new ArgumentException($"The destination must hold {MaxPacketSize} bytes.", nameof(destination));
        }

        destination = destination[..MaxPacketSize];
        var length = TransmitRtcp(destination, now);
        return length > 0 ? length : TransmitRtp(destination, now);
    }

    private int TransmitRtcp(Span<byte> destination, Instant now)
    {
        var writer = new RtcpWriter(destination);
        if (_goodbyes.TryDequeue(out var left))
        {
            writer.TryWriteReceiverReport(left);
            writer.TryWriteCanonicalName(left, _canonicalName);
            writer.TryWriteGoodbye(left);
        }
        else if (ReportDue(now))
        {
            WriteReports(ref writer, now);
            WriteFeedback(ref writer, now);
        }
        else if (FeedbackDue(now))
        {
            if (!ReducedSizeRtcp)
            {
                // RFC 4585 §3.1: feedback goes in a compound, which begins with a report and the CNAME.
                writer.TryWriteReceiverReport(LocalSsrc);
                writer.TryWriteCanonicalName(LocalSsrc, _canonicalName);
            }

            var before = writer.Length;
            WriteFeedback(ref writer, now);
            if (writer.Length == before)
            {
                return 0;
            }
        }

        if (writer.Length > 0)
        {
            _reports.OnPacket(writer.Length);
        }

        return writer.Length;
    }

    private int TransmitRtp(Span<byte> destination, Instant now)
    {
        if (Options.PacingRate is { } rate)
        {
            // A token bucket that may go into debt by one packet.
            _pacingCredit = Math.Min(rate / 8.0 * PacingBurst, _pacingCredit + (now - _pacedAt).TotalSeconds * rate / 8);
            _pacedAt = now;
            if (_pacingCredit <= 0)
            {
                return 0;
            }
        }

        for (var i = 0; i < _outbounds.Count; i++)
        {
            // One packet each in turn, so that a large picture does not hold up the sound.
            _turn = (_turn + 1) % _outbounds.Count;
            var length = _outbounds[_turn].Transmit(destination, now);
            if (length > 0)
            {
                _pacingCredit -= length;
                StartReporting(now);
                return length;
            }
        }

        return 0;
    }

    private void StartReporting(Instant now)
    {
        if (_reports.Next is null)
        {
            var (members, senders, weSend) = Census();
            _reports.Start(members, senders, weSend, now);
        }
    }

    private (int Members, int Senders, bool WeSend) Census()
    {
        int members = 1, senders = 0;
        var weSend = false;
        foreach (var outbound in _outbounds)
        {
            members++;
            senders += outbound.IsSender ? 1 : 0;
            weSend |= outbound.IsSender;
        }

        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                members += stream.HasTimedOut ? 0 : 1;
                senders += stream.Reception.HeardSinceReport ? 1 : 0;
            }
        }

        return (members, senders, weSend);
    }

    private bool ReportDue(Instant now)
    {
        if (_reporting)
        {
            return true;
        }

        var due = false;
        foreach (var outbound in _outbounds)
        {
            // RFC 6051 §2.1: between two parties the first report may go at once, so that sound and picture line up from the start.
            due |= outbound.NeedsFirstReport;
        }

        if (!due && (_reports.Next is not { } next || now < next))
        {
            return false;
        }

        var (members, senders, weSend) = Census();
        if (!due && !_reports.IsDue(members, senders, weSend, now))
        {
            return false;
        }

        BeginReports();
        _reports.OnReport(members, senders, weSend, now);
        if (_reported.Count == 0 && !weSend)
        {
            // Nobody has sent since the last report: fall silent until somebody does.
            _reports.Stop();
            return false;
        }

        _reporting = true;
        return true;
    }

    private void BeginReports()
    {
        _nextSender = _nextReported = 0;
        _reported.Clear();
        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                if (stream.Reception.HeardSinceReport || stream.RtxReception is { HeardSinceReport: true })
                {
                    _reported.Add(stream);
                }
            }
        }
    }

    /// <summary>
    /// Writes as much as fits of a sender report for each stream we send and a block for each we hear; the rest goes in the next datagram.
    /// </summary>
    private void WriteReports(ref RtcpWriter writer, Instant now)
    {
        var description = 4 + (4 + 2 + _canonicalName.Length + 1 + 3) / 4 * 4;
        do
        {
            while (_nextSender < _outbounds.Count && !_outbounds[_nextSender].IsSender)
            {
                _nextSender++;
            }

            if (writer.Remaining < 28 + RtcpReportBlock.Length + description)
            {
                return;
            }

            var ssrc = LocalSsrc;
            if (_nextSender < _outbounds.Count)
            {
                var outbound = _outbounds[_nextSender++];
                ssrc = outbound.Ssrc;
                writer.TryWriteSenderReport(ssrc, outbound.MakeReport(now));
            }
            else
            {
                writer.TryWriteReceiverReport(ssrc);
            }

            WriteReportBlocks(ref writer, description, now);
            writer.TryWriteCanonicalName(ssrc, _canonicalName);
            while (_nextSender < _outbounds.Count && !_outbounds[_nextSender].IsSender)
            {
                _nextSender++;
            }
        }
        while (_nextSender < _outbounds.Count || _nextReported < _reported.Count);
        _reporting = false;
    }

    private void WriteReportBlocks(ref RtcpWriter writer, int reserve, Instant now)
    {
        for (; _nextReported < _reported.Count; _nextReported++)
        {
            var stream = _reported[_nextReported];
            if (stream.Reception.HeardSinceReport)
            {
                if (writer.Remaining < RtcpReportBlock.Length + reserve || !writer.TryAddReportBlock(stream.Reception.MakeReport(now)))
                {
                    return;
                }
            }

            if (stream.RtxReception is { HeardSinceReport: true } rtx)
            {
                if (writer.Remaining < RtcpReportBlock.Length + reserve || !writer.TryAddReportBlock(rtx.MakeReport(now)))
                {
                    return;
                }
            }
        }
    }

    private bool FeedbackDue(Instant now)
    {
        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                if (stream.NackDue(now) || stream.KeyFrameRequestDue(now))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void WriteFeedback(ref RtcpWriter writer, Instant now)
    {
        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                if (!stream.TryWriteFeedback(ref writer, LocalSsrc, now))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Says once for each stream that frames cannot be cut into packets.</summary>
    internal void LogMalformed(RtpCodec codec, int bytes, bool isFirst)
    {
        if (isFirst)
        {
            LogFrameMalformed(_logger, codec.Name, bytes, MaxPacketSize);
        }
    }

    /// <summary>Says once for each stream that frames are larger than the queue.</summary>
    internal void LogTooLarge(RtpCodec codec, int bytes, bool isFirst)
    {
        if (isFirst)
        {
            LogFrameTooLarge(_logger, codec.Name, bytes, Options.SendBufferSize);
        }
    }

    [LoggerMessage(
        605, LogLevel.Warning,
        "A frame of {Codec} is not sent: its {Bytes} bytes are not in the codec's format, or do not fit a packet of {PacketSize} bytes. "
        + "Further ones are only counted")]
    private static partial void LogFrameMalformed(ILogger logger, string codec, int bytes, int packetSize);

    [LoggerMessage(
        606, LogLevel.Warning,
        "A frame of {Codec} is not sent: it has {Bytes} bytes, and the queue {QueueSize}. Further ones are only counted")]
    private static partial void LogFrameTooLarge(ILogger logger, string codec, int bytes, int queueSize);
}
