namespace Parley;

/// <summary>A data channel (webrtc-stats §8.14).</summary>
/// <remarks>RTCDataChannelStats.</remarks>
public sealed record DataChannelStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "data-channel";

    /// <summary>The label.</summary>
    public required string Label { get; init; }

    /// <summary>The subprotocol.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The id.</summary>
    public ushort? DataChannelIdentifier { get; init; }

    /// <summary>The state.</summary>
    public DataChannelState State { get; init; }

    /// <summary>Messages sent.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Messages received.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesReceived { get; init; }
}
