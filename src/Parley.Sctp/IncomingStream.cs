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

    /// <summary>Messages begun by their numbers, ordered and unordered; interleaved ones only. Some may be finished already.</summary>
    public SerialHeap? Begun;

    public SerialHeap? BegunUnordered;

    /// <summary>How many of the stream's messages are begun; interleaved ones only.</summary>
    public int BegunCount;

    /// <summary>The whole messages that wait for an earlier one.</summary>
    public SerialHeap? Parked;

    /// <summary>Whether a reset of all streams concerns this one: it was used since the last.</summary>
    public bool IsInUse;

    /// <summary>The size of the last message put together, from which the room for the next is guessed.</summary>
    public int LastLength;

    public long MessagesReceived;
    public long BytesReceived;

    /// <summary>Gives memory back that nothing is in.</summary>
    public void Trim()
    {
        Parked = Parked is { Count: > 0 } ? Parked : null;
        Begun = BegunCount > 0 ? Begun : null;
        BegunUnordered = BegunCount > 0 ? BegunUnordered : null;
    }
}
