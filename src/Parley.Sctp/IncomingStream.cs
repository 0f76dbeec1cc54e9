namespace Parley.Sctp;

/// <summary>What is known of a stream from the peer.</summary>
internal sealed class IncomingStream(StreamId id)
{
    public const int None = -1;

    public StreamId Id { get; } = id;

    /// <summary>The stream sequence number that is delivered next (RFC 9260 §6.6).</summary>
    public ushort NextSsn;

    /// <summary>The first of the whole messages that wait for an earlier one.</summary>
    public int FirstParked = None;

    public int ParkedCount;

    /// <summary>The size of the last message put together, from which the room for the next is guessed.</summary>
    public int LastLength;

    public long MessagesReceived;
    public long BytesReceived;
}
