using Parley.Sctp;

namespace Parley.Transport;

/// <summary>The SCTP association of the data channels.</summary>
/// <param name="Association">Another number than the one before: that one ends in order, and its channels with it, and a new one
/// begins.</param>
/// <param name="RemotePort">The peer's port. With 0 (RFC 8841 §5: no association is wanted) none comes about.</param>
/// <param name="RemoteMaxMessageSize">The largest message that the peer takes, in bytes; 0: any (RFC 8841 §6). It may change while the
/// association runs.</param>
public sealed record SctpPlan(int Association, ushort RemotePort, long RemoteMaxMessageSize)
{
    /// <summary>The largest message that this side takes, in bytes, at least 1.</summary>
    public long MaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>How many streams each way, at least 1.</summary>
    public ushort Streams { get; init; } = ushort.MaxValue;

    /// <summary>How the sender reacts to the path.</summary>
    public CongestionControl CongestionControl { get; init; }

    /// <summary>The INIT that this side's description has (draft-hancke-tsvwg-snap); null: it goes in a packet.</summary>
    public SctpInit? LocalInit { get; init; }

    /// <summary>The INIT that the peer's description has; null: it comes in a packet.</summary>
    public SctpInit? RemoteInit { get; init; }

    /// <summary>
    /// The options of an association before its carrier is known: enough for its INIT. Large packets are taken wherever datagrams come
    /// from; only who sends them must know that they are not cut on their way.
    /// </summary>
    public static SctpOptions OptionsAhead(ushort streams, long maxMessageSize) => new()
    {
        MaxMessageSize = maxMessageSize,
        MaxDiscoveredPacketSize = SctpAssociation.LargestPacket,
        Streams = streams,

        // As libwebrtc: whether the peer can be reached is for ICE to say and for DTLS, and an association that waits costs next to
        // nothing.
        MaxRetransmissions = int.MaxValue,
        MaxInitRetransmissions = int.MaxValue,
    };
}
