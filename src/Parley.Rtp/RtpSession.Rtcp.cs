using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp;

/// <content>RTCP coming in.</content>
public sealed partial class RtpSession
{
    /// <summary>How many numbers in NACKs are looked up in an interval: more than any link loses, and little work.</summary>
    private const int MaxNackedPerInterval = 4096;
    private static readonly TimeSpan NackInterval = TimeSpan.FromMilliseconds(100);

    private Instant _nackedSince;
    private int _nacked;

    /// <summary>How often the rest of a NACK was passed over, since more packets were asked for than any link loses.</summary>
    public long NackedNumbersIgnored { get; private set; }

    private void ReceiveRtcp(ReadOnlySpan<byte> datagram, Instant now)
    {
        _reports.OnPacket(datagram.Length);
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var packet))
        {
            switch (packet.Type)
            {
                case RtcpPacketType.SenderReport:
                    OnSenderReport(packet, now);
                    OnReportBlocks(packet, now);
                    break;
                case RtcpPacketType.ReceiverReport:
                    OnReportBlocks(packet, now);
                    break;
                case RtcpPacketType.SourceDescription:
                    OnSourceDescription(packet);
                    break;
                case RtcpPacketType.Goodbye:
                    OnGoodbye(packet);
                    break;
                case RtcpPacketType.TransportFeedback when packet.Count == RtcpFormat.GenericNack:
                    OnNack(packet, now);
                    break;
                case RtcpPacketType.PayloadFeedback:
                    OnPayloadFeedback(packet, now);
                    break;
            }
        }

        if (reader.Error != RtcpParseError.None)
        {
            MalformedPackets++;
            LogMalformedRtcp(_logger, reader.Error);
        }
    }

    private void OnSenderReport(RtcpPacketView packet, Instant now)
    {
        if (!packet.TryReadSenderInformation(out var information) || !_sources.TryGetValue(packet.Sender.Value, out var source))
        {
            return;
        }

        source.Stream?.OnSenderReport(information, now);
        if (source.Repairs?.RtxReception is { } rtx && rtx.Source == packet.Sender)
        {
            rtx.OnSenderReport(information.NtpTime, now);
        }
    }

    private void OnReportBlocks(RtcpPacketView packet, Instant now)
    {
        for (var i = 0; packet.TryReadReportBlock(i, out var block); i++)
        {
            if (_outboundBySsrc.TryGetValue(block.Source.Value, out var outbound))
            {
                var isRtx = block.Source != outbound.Ssrc;
                outbound.OnReported(isRtx);
                if (!isRtx)
                {
                    outbound.OnReport(block, now);
                }
            }
        }
    }

    private void OnSourceDescription(RtcpPacketView packet)
    {
        var items = new RtcpSourceDescriptionReader(packet);
        while (items.TryRead(out var ssrc, out var item, out var text))
        {
            if (item == RtcpSourceDescriptionReader.CanonicalName && _sources.TryGetValue(ssrc.Value, out var source))
            {
                source.Stream?.OnCanonicalName(text);
            }
        }
    }

    private void OnGoodbye(RtcpPacketView packet)
    {
        for (var i = 0; i < packet.Count && packet.Body.Length >= 4 * (i + 1); i++)
        {
            if (_sources.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(packet.Body[(4 * i)..]), out var source)
                && source.Stream is { HasSaidGoodbye: false } stream)
            {
                // Once until packets come again: each one is a task of the user's.
                stream.HasSaidGoodbye = true;
                LogGoodbye(_logger, stream.Ssrc.Value);
                Raise(new RtpEvent { Kind = RtpEventKind.Bye, Stream = stream });
            }
        }
    }

    private void OnNack(RtcpPacketView packet, Instant now)
    {
        if (!_outboundBySsrc.TryGetValue(packet.Media.Value, out var outbound) || outbound.Ssrc != packet.Media)
        {
            return;
        }

        outbound.Count.NackCount++;
        if (now - _nackedSince >= NackInterval)
        {
            (_nackedSince, _nacked) = (now, 0);
        }

        var numbers = new RtcpNackReader(packet.FeedbackInformation);
        while (numbers.TryRead(out var number))
        {
            if (_nacked == MaxNackedPerInterval)
            {
                NackedNumbersIgnored++;
                return;
            }

            _nacked++;
            outbound.OnNack(number, now);
        }
    }

    private void OnPayloadFeedback(RtcpPacketView packet, Instant now)
    {
        switch (packet.Count)
        {
            case RtcpFormat.PictureLossIndication when _outboundBySsrc.TryGetValue(packet.Media.Value, out var outbound):
                outbound.OnPictureLossIndication(now);
                break;
            case RtcpFormat.FullIntraRequest:
                for (var entries = packet.FeedbackInformation; entries.Length >= 8; entries = entries[8..])
                {
                    if (_outboundBySsrc.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(entries), out var target))
                    {
                        target.OnFullIntraRequest(entries[4], now);
                    }
                }

                break;
            case RtcpFormat.ApplicationLayer when RtcpRemb.TryParse(packet, out var bitsPerSecond, out _):
                Raise(new RtpEvent { Kind = RtpEventKind.BitrateEstimated, BitsPerSecond = bitsPerSecond });
                break;
        }
    }

    [LoggerMessage(602, LogLevel.Debug, "RTCP packet broken: {Error}")]
    private static partial void LogMalformedRtcp(ILogger logger, RtcpParseError error);

    [LoggerMessage(603, LogLevel.Debug, "RTP stream {Ssrc} said goodbye")]
    private static partial void LogGoodbye(ILogger logger, uint ssrc);
}
