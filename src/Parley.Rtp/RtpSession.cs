using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// RTP and RTCP over one transport (RFC 3550), bundled m-sections and all (RFC 8843). It does no I/O: packets come decrypted and
/// leave to be protected.
/// <para>Commands: <see cref="AddOutbound"/>, <see cref="AddInbound"/>, <see cref="Remove(RtpOutbound, Instant)"/>,
/// <see cref="RequestKeyFrame"/>, and <see cref="RtpOutbound.Send"/>. Inputs: <see cref="Receive"/>, <see cref="Advance"/>. Then, in this
/// order: <see cref="TryRead"/> until false, <see cref="Transmit"/> until 0, and sleep until <see cref="Deadline"/>.</para>
/// </summary>
public sealed partial class RtpSession
{
    private const int MaxEvents = 1024;
    private const int MaxFramesAtOnce = 8;
    private const int MaxPooledFrames = 32;
    private const int MaxPooledFrameSize = 1 << 20;
    private const long MaxPooledBytes = 4 << 20;
    private const int SlotLength = 1600;

    private static readonly TimeSpan MinResendSpacing = TimeSpan.FromMilliseconds(5);

    private readonly RandomSource _random;
    private readonly ILogger _logger;
    private readonly byte[] _canonicalName;
    private readonly RtcpScheduler _reports;
    private readonly List<RtpOutbound> _outbounds = [];
    private readonly List<RtpInbound> _inbounds = [];
    private readonly Dictionary<uint, RtpOutbound> _outboundBySsrc = [];
    private readonly Dictionary<uint, (long Next, long NextRtx)> _ended = [];
    private readonly Dictionary<uint, RtpSource> _sources = [];
    private readonly Queue<RtpEvent> _events = new(2 * MaxFramesAtOnce);

    /// <summary>Streams with packets in order that wait for their frames' turn.</summary>
    private readonly Queue<RtpInboundStream> _waiting = new();
    private readonly Stack<ReceivedFrame> _frames = [];
    private readonly Ssrc _ownSsrc;
    private ReceivedFrame? _lent;
    private long _pooledBytes;
    private int _unread;
    private ushort _transportSequence;

    /// <summary>A session that has sent and heard nothing.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="random">Draws SSRCs, first sequence numbers, timestamp offsets and reporting times.</param>
    /// <param name="logger">Takes what operators should know.</param>
    /// <exception cref="ArgumentException">The canonical name is longer than 255 bytes, or the datagram size leaves less than 200
    /// bytes.</exception>
    public RtpSession(RtpSessionOptions options, RandomSource random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        Options = options;
        ReducedSizeRtcp = options.ReducedSizeRtcp;
        MaxPacketSize = options.MaxDatagramSize - options.ProtectionOverhead;
        _canonicalName = Encoding.UTF8.GetBytes(options.CanonicalName);
        if (_canonicalName.Length > 255 || MaxPacketSize < 200)
        {
            throw new ArgumentException("A canonical name has at most 255 bytes, and a packet at least 200.", nameof(options));
        }

        _random = random;
        _logger = logger;
        _reports = new RtcpScheduler(options, random);
        _ownSsrc = new Ssrc(random.NextUInt32());
        Slab = new PacketSlab(SlotLength, options.MaxStoredPackets);
    }

    /// <summary>How the session behaves.</summary>
    public RtpSessionOptions Options { get; }

    /// <summary>
    /// Whether feedback may go without a report before it, as negotiated now (RFC 5506 §5); at first what the options say.
    /// </summary>
    public bool ReducedSizeRtcp { get; set; }

    /// <summary>The largest packet written, in bytes; protection comes on top.</summary>
    public int MaxPacketSize { get; }

    /// <summary>The streams being sent.</summary>
    public IReadOnlyList<RtpOutbound> Outbounds => _outbounds;

    /// <summary>The m-sections that receive.</summary>
    public IReadOnlyList<RtpInbound> Inbounds => _inbounds;

    /// <summary>The round trip, smoothed over all streams' measurements; null before the first.</summary>
    public TimeSpan? RoundTripTime { get; private set; }

    /// <summary>
    /// The round trip of the path as whoever drives the session measured it, such as by STUN; null: not known. No packet is sent again
    /// twice within it. Only while it is not known that by RTCP is taken, which a peer can make as short as it likes.
    /// </summary>
    public TimeSpan? PathRoundTripTime { get; set; }

    /// <summary>Packets received that were neither RTP nor RTCP.</summary>
    public long MalformedPackets { get; private set; }

    /// <summary>RTP packets received that belong to no m-section, or had no room in the table of sources.</summary>
    public long UnroutedPackets { get; private set; }

    /// <summary>When to call <see cref="Advance"/> and <see cref="Transmit"/> at the latest; null: nothing is due by time alone.</summary>
    public Instant? Deadline
    {
        get
        {
            var deadline = Instant.Earliest(_reports.Next, PacingDeadline);
            foreach (var outbound in _outbounds)
            {
                deadline = Instant.Earliest(deadline, outbound.Deadline);
            }

            foreach (var inbound in _inbounds)
            {
                foreach (var stream in inbound.StreamList)
                {
                    deadline = Instant.Earliest(deadline, stream.Deadline);
                    if (!stream.HasTimedOut)
                    {
                        deadline = Instant.Earliest(deadline, stream.LastPacketAt + Options.SourceTimeout);
                    }
                }
            }

            return deadline;
        }
    }

    internal PacketSlab Slab { get; }

    internal RetransmissionBudget Retransmissions { get; } = new();

    /// <summary>How long a packet that was sent again is not sent once more.</summary>
    internal TimeSpan ResendSpacing =>
        (PathRoundTripTime ?? RoundTripTime) is { } known && known > MinResendSpacing ? known : MinResendSpacing;

    /// <summary>
    /// Whether enough frames wait to be read already. What a filled gap sets free is put together as it is read, so that the frames in use
    /// are few however long the gap held up the stream.
    /// </summary>
    internal bool IsBehind => _unread >= MaxFramesAtOnce;

    /// <summary>Adds a stream to be sent.</summary>
    /// <exception cref="ArgumentException">One of its SSRCs is sent already.</exception>
    public RtpOutbound AddOutbound(RtpOutboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ssrc = options.Ssrc ?? DrawSsrc();
        if (_outboundBySsrc.ContainsKey(ssrc.Value)
            || (options.RtxSsrc is { } taken && (taken == ssrc || _outboundBySsrc.ContainsKey(taken.Value))))
        {
            throw new ArgumentException("An SSRC names one stream only.", nameof(options));
        }

        var outbound = new RtpOutbound(this, options, ssrc, _random);
        if (_ended.Remove(ssrc.Value, out var numbers))
        {
            outbound.Resume(numbers.Next, numbers.NextRtx);
        }

        _outbounds.Add(outbound);
        _outboundBySsrc.Add(ssrc.Value, outbound);
        if (options.RtxSsrc is { } rtx)
        {
            _outboundBySsrc.Add(rtx.Value, outbound);
        }

        return outbound;
    }

    /// <summary>Ends a stream being sent, with a BYE when anything was sent (RFC 3550 §6.6).</summary>
    public void Remove(RtpOutbound outbound, Instant now)
    {
        ArgumentNullException.ThrowIfNull(outbound);
        if (!_outbounds.Remove(outbound))
        {
            return;
        }

        outbound.Active = false;
        _outboundBySsrc.Remove(outbound.Ssrc.Value);
        if (outbound.RtxSsrc is { } rtx)
        {
            _outboundBySsrc.Remove(rtx.Value);
        }

        if (!outbound.HasSent)
        {
            return;
        }

        // Should the SSRC come back, its numbers go on: SRTP would protect two packets under one index otherwise (RFC 3711 §9.1).
        _ended[outbound.Ssrc.Value] = outbound.NextNumbers;
        if (_goodbyes.Count < MaxGoodbyes)
        {
            _goodbyes.Enqueue(outbound.Ssrc);
        }
    }

    /// <summary>Adds an m-section that receives.</summary>
    public RtpInbound AddInbound(RtpInboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var inbound = new RtpInbound(this, options);
        _inbounds.Add(inbound);
        OnInboundChanged(inbound);
        return inbound;
    }

    /// <summary>Ends an m-section that receives; its streams are gone.</summary>
    public void Remove(RtpInbound inbound)
    {
        ArgumentNullException.ThrowIfNull(inbound);
        if (!_inbounds.Remove(inbound))
        {
            return;
        }

        foreach (var stream in inbound.StreamList)
        {
            stream.Release();
        }

        inbound.StreamList.Clear();
        foreach (var (ssrc, source) in _sources)
        {
            if (source.Inbound == inbound)
            {
                _sources.Remove(ssrc);
                if (source.LastPacketAt > Instant.Zero)
                {
                    Depart(ssrc, source.LastPacketAt);
                }
            }
        }

        RebuildRoutes();
    }

    /// <summary>Asks the source for a key frame, as soon as its spacing allows (RFC 4585 §6.3.1, else RFC 5104 §4.3.1).</summary>
    public void RequestKeyFrame(RtpInboundStream stream, Instant now)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.WantKeyFrame();
    }

    /// <summary>Does what is due by time.</summary>
    public void Advance(Instant now)
    {
        AdvancedAt = now;
        foreach (var outbound in _outbounds)
        {
            outbound.Advance(now);
        }

        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                stream.Advance(now);
                if (!stream.HasTimedOut && now >= stream.LastPacketAt + Options.SourceTimeout)
                {
                    stream.HasTimedOut = true;
                    if (stream.OpenLength >= 0)
                    {
                        stream.DropOpen(now);
                    }

                    Raise(new RtpEvent { Kind = RtpEventKind.StreamTimedOut, Stream = stream });
                }
            }
        }
    }

    /// <summary>Reads what happened next. A frame read before is no longer valid.</summary>
    public bool TryRead(out RtpEvent happened)
    {
        if (_lent is { } lent)
        {
            _lent = null;
            ReturnFrame(lent);
        }

        while (!_events.TryDequeue(out happened))
        {
            if (!_waiting.TryDequeue(out var waiting))
            {
                return false;
            }

            waiting.Resume();
        }

        _lent = happened.Frame;
        if (_lent is not null)
        {
            _unread--;
            UnreadBytes -= _lent.Buffer.Length;
        }

        return true;
    }

    /// <summary>The wall-clock time of an instant.</summary>
    public NtpTimestamp NtpTime(Instant now) => Options.NtpTimeAtZero.AddNanoseconds(now.Nanoseconds);

    internal ushort NextTransportSequence() => _transportSequence++;

    internal void OnRoundTripTime(TimeSpan time) =>
        RoundTripTime = RoundTripTime is { } smoothed ? smoothed + (time - smoothed) / 8 : time;

    /// <summary>Queues an event; false when nobody has read for long, and it is dropped.</summary>
    internal bool Raise(in RtpEvent happened)
    {
        var bytes = happened.Frame?.Buffer.Length ?? 0;
        if (_events.Count >= MaxEvents || UnreadBytes + bytes > Options.MaxFrameMemory)
        {
            return false;
        }

        UnreadBytes += bytes;
        _unread += happened.Frame is null ? 0 : 1;
        _events.Enqueue(happened);
        return true;
    }

    /// <summary>What was due until then has been done.</summary>
    internal Instant AdvancedAt { get; private set; }

    /// <summary>Has the stream resume when all events so far have been read.</summary>
    internal void Await(RtpInboundStream stream) => _waiting.Enqueue(stream);

    internal ReceivedFrame RentFrame()
    {
        if (!_frames.TryPop(out var frame))
        {
            return new ReceivedFrame();
        }

        _pooledBytes -= frame.Buffer.Capacity;
        return frame;
    }

    internal void ReturnFrame(ReceivedFrame frame)
    {
        if (_frames.Count < MaxPooledFrames)
        {
            frame.Buffer.Trim((int)Math.Min(MaxPooledFrameSize, MaxPooledBytes - _pooledBytes));
            _pooledBytes += frame.Buffer.Capacity;
            _frames.Push(frame);
        }
    }

    private Ssrc DrawSsrc()
    {
        while (true)
        {
            var drawn = _random.NextUInt32();
            if (drawn != 0 && !_outboundBySsrc.ContainsKey(drawn) && !_sources.ContainsKey(drawn))
            {
                return new Ssrc(drawn);
            }
        }
    }
}
