namespace Parley;

/// <summary>What shall be done to one encoding once (webrtc-extensions §7).</summary>
/// <remarks>RTCEncodingOptions.</remarks>
public sealed record RtpEncodingOptions
{
    /// <summary>Whether to ask the source of the track for a key frame of this encoding.</summary>
    public bool KeyFrame { get; init; }
}
