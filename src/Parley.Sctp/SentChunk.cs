using Parley.Net;

namespace Parley.Sctp;

/// <summary>A DATA chunk that the peer has not acknowledged cumulatively; its bytes are its message's.</summary>
internal struct SentChunk
{
    public Instant SentAt;

    /// <summary>The number of the packet that carried it last.</summary>
    public long Packet;

    public int Message;
    public int Offset;

    /// <summary>Its number in its message (RFC 8260 §2.1).</summary>
    public uint Fsn;

    public ushort Length;
    public ushort Transmissions;
    public SentChunkState State;
    public byte Flags;
}
