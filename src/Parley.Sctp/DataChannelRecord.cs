using System.Buffers;

namespace Parley.Sctp;

/// <summary>What a session knows of a channel.</summary>
internal sealed class DataChannelRecord(DataChannelHandle handle, DataChannelParameters parameters)
{
    public DataChannelHandle Handle { get; } = handle;

    public DataChannelParameters Parameters { get; } = parameters;

    public StreamId? Id;
    public DataChannelStage Stage;

    /// <summary>Whether the peer has shown that it knows the channel; before, unordered messages go ordered (RFC 8832 §6).</summary>
    public bool IsKnownToPeer;

    public bool IsIncomingReset;
    public bool IsOutgoingReset;

    /// <summary>User bytes queued and not sent: without the establishment protocol's, and with 0 for an empty message.</summary>
    public long Buffered;

    public long LowThreshold;

    /// <summary>Bytes on the stream, not counted in <see cref="Buffered"/>, that leave before the user's.</summary>
    public long Uncounted;

    /// <summary>What the peer's announcement takes, in bytes.</summary>
    public int AnnouncedBytes;

    /// <summary>Parts of a message in the deprecated way (RFC 8831 §6.6).</summary>
    public ArrayBufferWriter<byte>? Part;

    public SctpSendOptions SendOptions => new()
    {
        Unordered = !Parameters.Ordered && IsKnownToPeer,
        MaxRetransmits = Parameters.MaxRetransmits,
        Lifetime = Parameters.MaxLifetime is { } lifetime ? TimeSpan.FromMilliseconds(lifetime) : null,
    };
}
