namespace Parley;

/// <summary>The peer opened a data channel (webrtc-pc §6.3).</summary>
/// <remarks>RTCDataChannelEvent.</remarks>
/// <param name="channel">The channel.</param>
public sealed class DataChannelEventArgs(DataChannel channel) : EventArgs
{
    /// <summary>The channel.</summary>
    public DataChannel Channel { get; } = channel;
}
