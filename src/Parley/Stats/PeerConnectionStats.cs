namespace Parley;

/// <summary>The connection (webrtc-stats §8.13).</summary>
/// <remarks>RTCPeerConnectionStats.</remarks>
public sealed record PeerConnectionStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "peer-connection";

    /// <summary>Data channels that were opened.</summary>
    public int DataChannelsOpened { get; init; }

    /// <summary>Data channels that were closed after they had been open.</summary>
    public int DataChannelsClosed { get; init; }
}
