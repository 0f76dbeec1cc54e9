namespace Parley.Sctp;

/// <summary>A stream to the peer: its queue of messages, and where it stands among the others.</summary>
internal sealed class OutgoingStream(StreamId id)
{
    public const int DefaultWeight = 256;

    public StreamId Id { get; } = id;

    public int Head = OutgoingMessage.None;
    public int Tail = OutgoingMessage.None;
    public uint NextMid;
    public uint NextUnorderedMid;

    /// <summary>Bytes queued and not sent yet.</summary>
    public long Buffered;

    /// <summary>Chunks not acknowledged cumulatively yet.</summary>
    public int Outstanding;

    /// <summary>Messages begun and neither acknowledged nor given up for good.</summary>
    public int MessagesOutstanding;

    /// <summary>By how much <see cref="Buffered"/> fell since that was told.</summary>
    public long Decreased;

    public bool IsDecreaseQueued;

    /// <summary>Its share against the other streams (RFC 8260 §3.6).</summary>
    public int Weight = DefaultWeight;

    /// <summary>What it has sent, in bytes by weight; the stream with the least sends next.</summary>
    public long VirtualTime;

    public int HeapIndex = -1;

    /// <summary>Its place among the streams that have begun a message and not finished it, where messages are interleaved.</summary>
    public int UnfinishedIndex;

    public StreamResetState Reset;

    /// <summary>The last of its messages that a FORWARD TSN being written skips.</summary>
    public uint SkippedMid;

    public uint SkippedUnorderedMid;
    public bool HasSkipped;
    public bool HasSkippedUnordered;
    public long MessagesSent;
    public long BytesSent;

    public bool IsDrained => Head == OutgoingMessage.None && Outstanding == 0;
}
