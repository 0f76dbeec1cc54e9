namespace Parley.Media;

/// <summary>Somebody needs a key frame.</summary>
/// <param name="rendition">Of which rendition; null for all.</param>
public sealed class KeyFrameRequestedEventArgs(string? rendition) : EventArgs
{
    /// <summary>Of which rendition (<see cref="MediaFrame.Rendition"/>); null for all.</summary>
    public string? Rendition { get; } = rendition;
}
