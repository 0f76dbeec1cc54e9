namespace Parley.Sctp;

/// <summary>Counts since the association was made, and its present measures.</summary>
/// <remarks>What webrtc-stats asks for in sctp-transport and data-channel.</remarks>
public readonly record struct SctpStatistics
{
    /// <summary>Packets sent.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Packets received, those dropped as not ours included.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets dropped: malformed, with a false checksum or verification tag.</summary>
    public long PacketsDropped { get; init; }

    /// <summary>Bytes of all packets sent.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes of all packets received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Messages handed to <see cref="SctpAssociation.Send"/> and queued.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Messages delivered to the reader.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>Messages given up (RFC 3758).</summary>
    public long MessagesAbandoned { get; init; }

    /// <summary>DATA chunks sent again.</summary>
    public long Retransmissions { get; init; }

    /// <summary>How often the retransmission timer expired.</summary>
    public long RetransmissionTimeouts { get; init; }

    /// <summary>The smoothed round trip; null before the first measurement.</summary>
    public TimeSpan? SmoothedRoundTrip { get; init; }

    /// <summary>The retransmission timeout.</summary>
    public TimeSpan RetransmissionTimeout { get; init; }

    /// <summary>The congestion window, in bytes.</summary>
    public long CongestionWindow { get; init; }

    /// <summary>The peer's receive window less what is on its way, in bytes.</summary>
    public long PeerReceiveWindow { get; init; }

    /// <summary>What may be received and not read yet, in bytes: it grows with what the path carries in a round trip.</summary>
    public long ReceiveBufferLimit { get; init; }

    /// <summary>Bytes on their way.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>Bytes queued and not sent yet.</summary>
    public long BytesQueued { get; init; }

    /// <summary>DATA and control chunks received whose TSN had come before.</summary>
    public long DuplicateTsns { get; init; }

    /// <summary>The largest packet that the path is known to carry, in bytes.</summary>
    public int MaxPacketSize { get; init; }

    /// <summary>What is received and not read costs so many bytes; <see cref="ReceiveBufferLimit"/> bounds it.</summary>
    public long ReceiveBufferUsed { get; init; }

    /// <summary>DATA chunks dropped because there was no room: the peer sent more than it was offered.</summary>
    public long DataChunksRefused { get; init; }

    /// <summary>Chunks other than DATA ignored because their packet had too many of them.</summary>
    public long ChunksIgnored { get; init; }

    /// <summary>TSNs that the peer acknowledged in a gap block and took back later (reneging, RFC 9260 §6.2).</summary>
    public long TsnsReneged { get; init; }

    /// <summary>Streams whose reset was given up because the peer did not answer, or answered "in progress" for ever.</summary>
    public long StreamResetsAbandoned { get; init; }
}
