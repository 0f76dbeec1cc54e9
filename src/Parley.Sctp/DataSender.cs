using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// The sending half of an association: what waits, what is on its way, and when what leaves (RFC 9260 §6 and §7). How much may be on its
/// way, and how fast it leaves, an <see cref="ICongestionController"/> says, which is told of each packet. One lives from the handshake, or
/// a restart, to the next.
/// </summary>
internal sealed partial class DataSender
{
    // A fragment smaller than this is not worth a chunk header at a packet's end.
    private const int LeastFragment = 64;

    // Sequence numbers of 16 bits are compared (RFC 9260 §1.6): a receiver that lacks the first of a stream's messages must still know the
    // last for a later one.
    private const int MaxMessagesOutstanding = 32_000;

    private readonly SctpOptions _options;
    private readonly ILogger _logger;
    private readonly AssociationTally _tally;
    private readonly DeliveryRate? _delivery;
    private readonly bool _isInterleaving;
    private readonly bool _canAbandon;
    private readonly int _largestFragment;
    private Pacer _pacer;
    private FastRecovery _recovery;
    private TailLossProbe _probe;
    private ProtocolTimer _t3;
    private long _peerWindow;

    // The largest it has offered: its room when nothing is in it.
    private long _peerWholeWindow;

    // What may leave at once beyond the window: one packet, to repair a loss.
    private bool _mayExceedWindowOnce;
    private bool _isWindowLimited;
    private long _burst;
    private long _packetNumber;
    private Instant _lastDataAt;

    /// <summary>Makes the sender of a new association.</summary>
    /// <param name="options">Limits and times.</param>
    /// <param name="peer">What the peer can do, and the window that it offers.</param>
    /// <param name="initialTsn">The first TSN.</param>
    /// <param name="pool">Where payloads are kept.</param>
    /// <param name="congestion">How much may be on its way, and how fast it leaves.</param>
    /// <param name="tally">Where is counted.</param>
    /// <param name="logger">Told of timers and packet sizes.</param>
    public DataSender(
        SctpOptions options,
        in StateCookie peer,
        Tsn initialTsn,
        SegmentPool pool,
        ICongestionController congestion,
        AssociationTally tally,
        ILogger logger)
    {
        _options = options;
        _logger = logger;
        _tally = tally;
        _isInterleaving = (peer.Capabilities & PeerCapabilities.Interleaving) != 0;
        _canAbandon = (peer.Capabilities & PeerCapabilities.PartialReliability) != 0;
        _peerWindow = _peerWholeWindow = peer.PeerWindow;

        // A chunk keeps its length when it is sent again, and the path may have become narrower by then.
        _largestFragment = (options.MaxPacketSize - CommonHeader.Length - DataHeaderLength) & ~3;
        Congestion = congestion;
        _delivery = congestion.MeasuresDelivery ? new DeliveryRate(congestion) : null;
        Queue = new SendQueue(pool, options.SendBufferSize, _isInterleaving ? _largestFragment : 0, options.Scheduler, tally);
        Outstanding = new RetransmissionQueue(Queue, initialTsn, _canAbandon, DataHeaderLength, _delivery, tally);
        Skipped = new SkippedMessages(Queue, Outstanding, _isInterleaving);
        RoundTrip = new RoundTripTime(options);
        Path = new PathMtuSearch(options.MaxPacketSize, LargestPacketFor(options, peer.Capabilities));
    }

    /// <summary>What waits.</summary>
    public SendQueue Queue { get; }

    /// <summary>What is on its way.</summary>
    public RetransmissionQueue Outstanding { get; }

    /// <summary>What the peer is told to pass over.</summary>
    public SkippedMessages Skipped { get; }

    /// <summary>The round trip and the retransmission timeout.</summary>
    public RoundTripTime RoundTrip { get; }

    /// <summary>How large packets are.</summary>
    public PathMtuSearch Path { get; }

    /// <summary>Who says how much may be on its way.</summary>
    public ICongestionController Congestion { get; }

    /// <summary>The peer's receive window less what is on its way, in bytes.</summary>
    public long PeerWindow => Math.Max(0, _peerWindow - Outstanding.PayloadInFlight);

    /// <summary>Whether all is acknowledged and nothing waits.</summary>
    public bool IsDrained => Queue.IsEmpty && Outstanding.IsEmpty;

    /// <summary>When <see cref="Advance"/> or <see cref="ExpireT3"/> has something to do, or what is paced may leave.</summary>
    public Instant? Deadline
    {
        get
        {
            var loss = Instant.Earliest(Instant.Earliest(_probe.Deadline, Outstanding.LossDeadline), _t3.Due);
            return Instant.Earliest(loss, Instant.Earliest(Path.Deadline, _pacer.Due));
        }
    }

    private int DataHeaderLength => _isInterleaving ? DataChunk.InterleavedHeaderLength : DataChunk.HeaderLength;

    private long MaxBurstBytes => Math.Max((long)_options.MaxBurst * _options.MaxPacketSize, 4L * Path.Size);

    /// <summary>Waits for nothing any more: the association has ended.</summary>
    public void Stop()
    {
        _t3.Stop();
        _probe.Stop();
        Skipped.Stop();
        Path.Reset();
    }

    /// <summary>Gives memory back while nothing is on its way.</summary>
    public void Trim()
    {
        Outstanding.Trim();
        Queue.Trim();
    }
}
