namespace Parley.Sctp;

/// <summary>What is known of a stream from the peer.</summary>
internal sealed class IncomingStream(StreamId id)
{
    public const int None = -1;

    public StreamId Id { get; } = id;

    /// <summary>The number of the message that is delivered next (RFC 8260 §2.1); DATA has only its low half (RFC 9260 §6.6).</summary>
    public uint NextMid;

    public ushort NextSsn => (ushort)NextMid;

    /// <summary>Up to which unordered message all are skipped; null: none was.</summary>
    public uint? SkippedUnorderedMid;

    /// <summary>The first of the messages of which fragments have come; interleaved ones only.</summary>
    public int FirstAssembly = None;

    /// <summary>Up to which message an I-FORWARD-TSN being read skips, ordered and unordered.</summary>
    public uint? SkipTo;

    public uint? SkipUnorderedTo;

    /// <summary>The first of the whole messages that wait for an earlier one.</summary>
    public int FirstParked = None;

    public int ParkedCount;

    /// <summary>The size of the last message put together, from which the room for the next is guessed.</summary>
    public int LastLength;

    public long MessagesReceived;
    public long BytesReceived;
}
