namespace Parley.Sctp;

/// <summary>Something that happened in an SCTP association.</summary>
public readonly struct SctpEvent
{
    /// <summary>What happened; it tells which of the other members mean something.</summary>
    public SctpEventKind Kind { get; internal init; }

    /// <summary>The stream it happened on.</summary>
    public StreamId Stream { get; internal init; }

    /// <summary>What a received message is.</summary>
    public PayloadProtocolId PayloadProtocolId { get; internal init; }

    /// <summary>A received message's bytes, valid until the next <see cref="SctpAssociation.TryRead"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal init; }

    /// <summary>By how many bytes the stream's buffered amount fell.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Why the association failed.</summary>
    public SctpFailure Failure { get; internal init; }

    /// <summary>What was said about the failure, for a log; null when nothing was.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The cause code of the ABORT that ended the association (RFC 9260 §3.3.10); null when it ended without one.</summary>
    public int? CauseCode { get; internal init; }
}
