using Parley.Net;

namespace Parley.Sctp;

/// <summary>A message from <see cref="SctpAssociation.Send"/> until its last byte is acknowledged or given up.</summary>
internal struct OutgoingMessage
{
    public const int None = -1;
    public const int Unlimited = int.MaxValue;

    public PayloadSlice Payload;
    public OutgoingStream Stream;
    public Instant ExpiresAt;
    public uint Ppid;

    /// <summary>Bytes that have been put into chunks.</summary>
    public int Taken;

    /// <summary>Chunks of it that the peer has not acknowledged cumulatively.</summary>
    public int Outstanding;

    public int MaxRetransmits;

    /// <summary>The next of its stream's queue, or of the free ones.</summary>
    public int Next;

    /// <summary>
    /// Its number in its stream, of which DATA carries the low half as SSN. Given with the first chunk (RFC 9260 §6.6), so that a message
    /// given up before has none.
    /// </summary>
    public uint Mid;

    /// <summary>The number of its next fragment.</summary>
    public uint NextFsn;

    /// <summary>The TSN of its first chunk.</summary>
    public Tsn FirstTsn;

    public bool IsUnordered;
    public bool IsAbandoned;

    public readonly bool IsTakenWhole => Taken == Payload.Length;

    public readonly bool IsLimited => MaxRetransmits != Unlimited || ExpiresAt != Instant.MaxValue;
}
