namespace Parley;

/// <summary>Why the size or rate of pictures is limited (webrtc-stats §8.8).</summary>
/// <remarks>RTCQualityLimitationReason.</remarks>
public enum QualityLimitationReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The bitrate.</summary>
    Bandwidth,

    /// <summary>Another reason.</summary>
    Other,
}
