using Parley.Net;

namespace Parley.Rtp;

/// <summary>What is known of one sequence number in the reordering window.</summary>
internal struct ReorderSlot
{
    public long Sequence;
    public ReorderState State;
    public byte Requests;
    public ushort Length;
    public int Slot;

    /// <summary>Of a packet that is there, when it came; of one that is missing, when that was noticed.</summary>
    public Instant At;

    /// <summary>When the packet was last asked for.</summary>
    public Instant RequestedAt;
}
