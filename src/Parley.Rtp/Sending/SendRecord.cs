using Parley.Net;

namespace Parley.Rtp;

/// <summary>One packet of an outbound, waiting to be sent or kept for retransmission.</summary>
internal struct SendRecord
{
    /// <summary>Where the room for the header begins in the store.</summary>
    public int Offset;

    /// <summary>Bytes of that room; once sent, of the header.</summary>
    public ushort HeaderLength;

    public ushort PayloadLength;

    /// <summary>The number the packet was sent under; of one dropped unsent, the number before it.</summary>
    public long Sequence;

    public uint Timestamp;
    public PayloadType PayloadType;
    public PayloadType? RtxPayloadType;
    public byte AudioLevel;
    public byte Orientation;

    /// <summary>How many contributing sources the packet names: until it is sent they stand at the head of its room.</summary>
    public byte Contributors;
    public SendFlags Flags;
    public Instant CapturedAt;
    public Instant QueuedAt;
    public Instant SentAt;
}
