namespace Parley.Sctp;

/// <summary>An event that waits to be read, with the payload it holds.</summary>
internal struct PendingEvent
{
    public SctpEventKind Kind;
    public StreamId Stream;
    public uint Ppid;
    public PayloadSlice Payload;

    /// <summary>What the event takes of the receive buffer, in bytes.</summary>
    public int Charge;

    public SctpEnding? Ending;
}
