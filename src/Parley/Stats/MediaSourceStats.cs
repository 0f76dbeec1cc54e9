namespace Parley;

/// <summary>A track that is sent (webrtc-stats §8.10).</summary>
/// <remarks>RTCMediaSourceStats.</remarks>
public abstract record MediaSourceStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "media-source";

    /// <summary>The id of the track.</summary>
    public string TrackIdentifier { get; init; } = "";

    /// <summary>"audio" or "video".</summary>
    public required string Kind { get; init; }
}
