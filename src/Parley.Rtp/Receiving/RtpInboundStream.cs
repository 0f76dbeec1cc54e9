using Parley.Net;

namespace Parley.Rtp;

/// <summary>One received source: its packets put in order, its gaps asked for, its frames assembled, its figures.</summary>
public sealed partial class RtpInboundStream
{
    private const int MaxCanonicalNames = 16;

    private readonly RtpSession _session;
    private readonly ReceptionStatistics _reception;
    private RtpInboundStreamStatistics _statistics;
    private byte[] _canonicalName = [];
    private int _canonicalNames;
    private bool _hasSenderReport;
    private NtpTimestamp _reportedNtpTime;
    private long _reportedTimestamp;
    private long _highestTimestamp;
    private bool _hasTimestamp;

    internal RtpInboundStream(RtpSession session, RtpInbound inbound, Ssrc ssrc)
    {
        _session = session;
        Inbound = inbound;
        Ssrc = ssrc;
        _reception = new ReceptionStatistics(ssrc);
    }

    /// <summary>The m-section the source belongs to.</summary>
    public RtpInbound Inbound { get; internal set; }

    /// <summary>The source.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The source of its retransmissions; null: none heard of.</summary>
    public Ssrc? RtxSsrc { get; internal set; }

    /// <summary>The encoding's identification (RFC 8852); null when not told.</summary>
    public string? Rid { get; internal set; }

    /// <summary>The CNAME the source goes by; null before its first SDES.</summary>
    public string? CanonicalName { get; private set; }

    /// <summary>The codec of the last packet; null before one.</summary>
    public RtpCodec? Codec { get; private set; }

    /// <summary>Figures so far.</summary>
    public RtpInboundStreamStatistics Statistics
    {
        get
        {
            var copy = _statistics;
            copy.PacketsLost = _reception.Lost;
            copy.FractionLost = _reception.FractionLost / 256.0;
            copy.Jitter = Codec is { ClockRate: > 0 } ? _reception.Jitter / Codec.ClockRate : 0;
            return copy;
        }
    }

    internal ReceptionStatistics Reception => _reception;

    /// <summary>Of the retransmission stream; made with its first packet.</summary>
    internal ReceptionStatistics? RtxReception { get; private set; }

    /// <summary>The extended RTP timestamp from which whoever takes the frames reckons its time; set by them.</summary>
    public long? FirstTimestamp { get; set; }

    internal bool HasTimedOut { get; set; }

    /// <summary>Whether a BYE came after its last packet.</summary>
    internal bool HasSaidGoodbye { get; set; }

    internal Instant LastPacketAt => _statistics.LastPacketReceivedAt ?? Instant.Zero;

    /// <summary>
    /// The sender's wall-clock time of an extended RTP timestamp, by its last report (RFC 3550 §6.4.1). False before the first report.
    /// </summary>
    public bool TryMapToNtp(long extendedTimestamp, out NtpTimestamp time)
    {
        if (!_hasSenderReport || Codec is not { ClockRate: > 0 } codec)
        {
            time = default;
            return false;
        }

        time = _reportedNtpTime.AddNanoseconds(Proportion.Of(extendedTimestamp - _reportedTimestamp, 1_000_000_000, codec.ClockRate));
        return true;
    }

    internal void OnSenderReport(in RtcpSenderInformation information, Instant now)
    {
        _statistics.ReportsReceived++;
        _statistics.LastReportReceivedAt = now;
        _statistics.RemotePacketsSent = information.PacketCount;
        _statistics.RemoteBytesSent = information.OctetCount;
        _statistics.RemoteTimestamp = information.NtpTime;
        _reception.OnSenderReport(information.NtpTime, now);
        if (_hasTimestamp)
        {
            _reportedNtpTime = information.NtpTime;
            _reportedTimestamp = _highestTimestamp + (int)(information.RtpTime.Value - (uint)_highestTimestamp);
            _hasSenderReport = true;
        }
    }

    internal void OnCanonicalName(ReadOnlySpan<byte> name)
    {
        // RFC 3550 §6.5.1: it "SHOULD also be fixed". One that changes with each report only costs memory.
        if (!name.SequenceEqual(_canonicalName) && _canonicalNames++ < MaxCanonicalNames)
        {
            _canonicalName = name.ToArray();
            CanonicalName = System.Text.Encoding.UTF8.GetString(name);
        }
    }

    private long Extend(RtpTimestamp timestamp)
    {
        if (!_hasTimestamp)
        {
            _hasTimestamp = true;
            _highestTimestamp = timestamp.Value;
            return _highestTimestamp;
        }

        var extended = _highestTimestamp + (int)(timestamp.Value - (uint)_highestTimestamp);
        _highestTimestamp = Math.Max(_highestTimestamp, extended);
        return extended;
    }
}
