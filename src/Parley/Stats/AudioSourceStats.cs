namespace Parley;

/// <summary>A track of sound that is sent (webrtc-stats §8.11).</summary>
/// <remarks>RTCAudioSourceStats.</remarks>
public sealed record AudioSourceStats : MediaSourceStats
{
    /// <summary>The level of the last frame, 0 to 1; null when the source does not tell levels.</summary>
    public double? AudioLevel { get; init; }

    /// <summary>The sum of the levels' squares, each times its frame's seconds; null when the source does not tell levels.</summary>
    public double? TotalAudioEnergy { get; init; }

    /// <summary>The seconds of sound that the source gave to the sender; null when the format does not tell.</summary>
    public double? TotalSamplesDuration { get; init; }
}
