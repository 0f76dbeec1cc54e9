namespace Parley;

/// <summary>The state of a data channel (webrtc-pc §6.2).</summary>
/// <remarks>RTCDataChannelState.</remarks>
public enum DataChannelState
{
    /// <summary>It is being opened.</summary>
    Connecting,

    /// <summary>Messages pass.</summary>
    Open,

    /// <summary>It is being closed: what was sent is still delivered.</summary>
    Closing,

    /// <summary>It is closed, or could not be opened.</summary>
    Closed,
}
