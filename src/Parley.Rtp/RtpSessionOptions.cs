namespace Parley.Rtp;

/// <summary>How an <see cref="RtpSession"/> behaves.</summary>
public sealed record RtpSessionOptions
{
    /// <summary>The canonical name that ties this endpoint's streams together (RFC 7022); at most 255 bytes of UTF-8.</summary>
    public required string CanonicalName { get; init; }

    /// <summary>The wall clock's time at <see cref="Net.Instant.Zero"/> of the clock the session is driven by.</summary>
    public required NtpTimestamp NtpTimeAtZero { get; init; }

    /// <summary>The largest datagram sent, protection included, in bytes.</summary>
    public int MaxDatagramSize { get; init; } = 1200;

    /// <summary>Bytes that protection adds to a packet at most: SRTCP over AES-GCM adds 20, SRTP 16.</summary>
    public int ProtectionOverhead { get; init; } = 20;

    /// <summary>Whether feedback may go without a report before it (RFC 5506, <c>a=rtcp-rsize</c>).</summary>
    public bool ReducedSizeRtcp { get; init; } = true;

    /// <summary>
    /// The least time between regular reports, before it is randomised to 0.41 to 1.23 of it (RFC 3550 §6.3.1; T_rr_interval of RFC 4585
    /// §3.4).
    /// </summary>
    public TimeSpan MinReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bits per second of the whole session, of which RTCP takes 5 % (RFC 3550 §6.2).</summary>
    public int SessionBandwidth { get; init; } = 1_000_000;

    /// <summary>How long a sent packet is kept for retransmission.</summary>
    public TimeSpan HistoryDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes one outbound keeps at most, waiting to be sent or kept for retransmission.</summary>
    public int SendBufferSize { get; init; } = 8 << 20;

    /// <summary>How long a frame may wait to be sent before it is dropped.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most bits per second sent, when frames are to be spread over time; null: as fast as asked for.</summary>
    public long? PacingRate { get; init; }

    /// <summary>How long a gap may hold up what follows it, when nobody is asked to fill it. Less is taken when jitter is small.</summary>
    public TimeSpan MaxReorderDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a gap may hold up what follows it, when retransmission is negotiated.</summary>
    public TimeSpan MaxRepairDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a packet is waited for before it is asked for, since it may only be late.</summary>
    public TimeSpan NackDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How often one packet is asked for.</summary>
    public int MaxNacksPerPacket { get; init; } = 10;

    /// <summary>The largest frame assembled, in bytes.</summary>
    public int MaxFrameSize { get; init; } = 4 << 20;

    /// <summary>The most memory that received frames take, begun or waiting to be read, over all sources, in bytes.</summary>
    public long MaxFrameMemory { get; init; } = 16 << 20;

    /// <summary>The most sources received at a time.</summary>
    public int MaxSources { get; init; } = 64;

    /// <summary>The most early packets held, over all sources.</summary>
    public int MaxStoredPackets { get; init; } = 2048;

    /// <summary>After how long without a packet a source is said to have timed out.</summary>
    public TimeSpan SourceTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
