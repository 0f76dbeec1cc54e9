using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>How an association shall behave. The defaults are made for WebRTC: one path, over DTLS.</summary>
public sealed record SctpOptions
{
    /// <summary>This side's port; 5000 in WebRTC (RFC 8841 §5).</summary>
    public ushort LocalPort { get; init; } = 5000;

    /// <summary>The peer's port, from its <c>sctp-port</c> attribute.</summary>
    public ushort RemotePort { get; init; } = 5000;

    /// <summary>
    /// The largest packet sent while nothing is known of the path, in bytes: a multiple of 4, from 512 to 65,532. The default, with 37
    /// bytes of a DTLS 1.2 AES-GCM record around it, makes a UDP datagram of 1,197 bytes: under the 1,200 that every path takes (RFC 8261
    /// §5; QUIC's minimum too).
    /// </summary>
    public int MaxPacketSize { get; init; } = 1160;

    /// <summary>
    /// The largest packet looked for on the path (RFC 8899), in bytes; 0, or not above <see cref="MaxPacketSize"/>: none is. At most
    /// <see cref="SctpAssociation.LargestPacket"/> is. Only where datagrams are not fragmented below; this side then takes packets of that
    /// size itself, and says so.
    /// </summary>
    public int MaxDiscoveredPacketSize { get; init; }

    /// <summary>
    /// The largest message taken from the peer, in bytes; a larger one is dropped and told of. Announced as <c>max-message-size</c>.
    /// </summary>
    public long MaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>The largest message the peer takes, in bytes, from its <c>max-message-size</c>; 0 or less: any.</summary>
    public long RemoteMaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>
    /// Bytes received and not read yet above which the receive window is closed, at the most. It grows to hold at least two messages of
    /// <see cref="MaxMessageSize"/>, and is offered as far as the path and the reader make use of it.
    /// </summary>
    public int ReceiveBufferSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The receive window at first, in bytes; at least two messages of <see cref="MaxMessageSize"/>, at most
    /// <see cref="ReceiveBufferSize"/>.
    /// </summary>
    public int InitialReceiveWindow { get; init; } = 1024 * 1024;

    /// <summary>Bytes queued and not sent yet above which <see cref="SctpAssociation.Send"/> refuses.</summary>
    public long SendBufferSize { get; init; } = 32 * 1024 * 1024;

    /// <summary>Streams asked for in each direction (RFC 8831 §6.2).</summary>
    public ushort Streams { get; init; } = 65_535;

    /// <summary>
    /// The retransmission timeout before a round trip has been measured. RFC 9260 §16 says 1 s; a peer reached over ICE is nearer than
    /// that.
    /// </summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The least retransmission timeout (RFC 9260 §16 says 1 s).</summary>
    public TimeSpan MinRto { get; init; } = TimeSpan.FromMilliseconds(220);

    /// <summary>The largest retransmission timeout (RFC 9260 §16 says 60 s; ICE has lost its consent long before).</summary>
    public TimeSpan MaxRto { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The least margin of the retransmission timeout over the smoothed round trip. A peer may hold a SACK back for 200 ms (RFC 9260 §6.2);
    /// with less margin a lone packet on a steady path would be sent twice.
    /// </summary>
    public TimeSpan MinRtoMargin { get; init; } = TimeSpan.FromMilliseconds(220);

    /// <summary>Expired timers in a row, without a word from the peer, after which the association has failed (RFC 9260 §8.1).</summary>
    public int MaxRetransmissions { get; init; } = 10;

    /// <summary>INITs or COOKIE ECHOs sent again before connecting has failed (RFC 9260 §16).</summary>
    public int MaxInitRetransmissions { get; init; } = 8;

    /// <summary>How long a connection without traffic waits until it asks whether the peer is there (RFC 9260 §8.3).</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a SACK for a single packet waits for something to travel with. RFC 9260 §6.2 allows 200 ms; 40 ms still gathers the answer
    /// of any interactive peer, and stays far below each known stack's retransmission timeout.
    /// </summary>
    public TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>How long a State Cookie is valid (RFC 9260 §16).</summary>
    public TimeSpan CookieLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Packets that may leave at once beyond what acknowledgements released (RFC 9260 §6.1-D: Max.Burst).</summary>
    public int MaxBurst { get; init; } = 10;

    /// <summary>Whether checksums of zero are offered, sent where the peer takes them, and taken (RFC 9653). Only over DTLS.</summary>
    public bool ZeroChecksum { get; init; } = true;

    /// <summary>
    /// Whether message interleaving (RFC 8260) is offered, and used with a peer that offers it: then a large message of one stream does not
    /// hold up those of others. Without it a message begun is finished first.
    /// </summary>
    public bool Interleaving { get; init; } = true;

    /// <summary>How streams that have something to send take turns.</summary>
    public StreamScheduler Scheduler { get; init; }

    /// <summary>How it is decided how much is sent, and how fast.</summary>
    public CongestionControl CongestionControl { get; init; }

    /// <summary>
    /// Makes a congestion controller of the user's own, for a packet size in bytes; null: what <see cref="CongestionControl"/> names.
    /// </summary>
    public Func<int, ICongestionController>? CongestionController { get; init; }

    /// <summary>
    /// This side's INIT when it was signaled ahead, made by <see cref="SctpInit.Create"/> with these same options; null: the association
    /// draws its own tag and TSN.
    /// </summary>
    public SctpInit? LocalInit { get; init; }

    /// <summary>
    /// The peer's INIT when it was signaled; null: it comes in a packet. Where <see cref="LocalInit"/> was signaled, too, there is no
    /// handshake: the association is established by <see cref="SctpAssociation.Connect"/> (draft-hancke-tsvwg-snap).
    /// </summary>
    public SctpInit? RemoteInit { get; init; }

    /// <summary>Received and not read yet: at most so many bytes are held.</summary>
    internal long ReceiveLimit => Math.Max(ReceiveBufferSize, LeastWindow);

    /// <summary>The receive window that an INIT offers.</summary>
    internal long FirstWindow => Math.Clamp(InitialReceiveWindow, LeastWindow, ReceiveLimit);

    internal PeerCapabilities Capabilities =>
        PeerCapabilities.PartialReliability | PeerCapabilities.Reconfiguration
        | (Interleaving ? PeerCapabilities.Interleaving : default)
        | (ZeroChecksum ? PeerCapabilities.ZeroChecksum : default)
        | (MaxDiscoveredPacketSize >= SctpAssociation.LargestPacket ? PeerCapabilities.LargePackets : default);

    /// <summary>Throws when something is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The first that is.</exception>
    internal void Validate()
    {
        const string Options = "options";
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPacketSize, 512, Options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPacketSize, 65_532, Options);
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxPacketSize % 4, 0, Options);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxDiscoveredPacketSize, Options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDiscoveredPacketSize, 65_532, Options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageSize, Options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMessageSize, 1L << 30, Options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ReceiveBufferSize, Options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InitialReceiveWindow, Options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SendBufferSize, Options);
        ArgumentOutOfRangeException.ThrowIfZero(Streams, Options);
    }

    private long LeastWindow => 2 * MaxMessageSize + 64 * 1024;

    /// <summary>The first TSN, for tests; null: drawn at random.</summary>
    internal uint? InitialTsn { get; init; }
}
