namespace Parley.Sctp;

/// <summary>Something that happened to a data channel or its association.</summary>
public readonly struct DataChannelEvent
{
    /// <summary>What happened; it tells which of the other members mean something.</summary>
    public DataChannelEventKind Kind { get; internal init; }

    /// <summary>The channel it happened to.</summary>
    public DataChannelHandle Channel { get; internal init; }

    /// <summary>The channel's id; null when it never had one.</summary>
    public StreamId? Id { get; internal init; }

    /// <summary>An announced channel's parameters.</summary>
    public DataChannelParameters? Parameters { get; internal init; }

    /// <summary>Whether a message is bytes; else it is UTF-8 text, as it came: malformed text is not refused here.</summary>
    public bool IsBinary { get; internal init; }

    /// <summary>A message's bytes, valid until the next <see cref="DataChannelSession.TryRead"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal init; }

    /// <summary>By how many bytes the buffered amount fell.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Why the association failed.</summary>
    public SctpFailure Failure { get; internal init; }

    /// <summary>What was said about the failure, for a log; null when nothing was.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The cause code of the ABORT that ended the association (RFC 9260 §3.3.10); null when it ended without one.</summary>
    public int? CauseCode { get; internal init; }
}
