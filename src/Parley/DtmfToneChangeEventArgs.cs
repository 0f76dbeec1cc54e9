namespace Parley;

/// <summary>A tone of <see cref="DtmfSender"/> begins, or all are over (webrtc-pc §7.3).</summary>
/// <remarks>RTCDTMFToneChangeEvent.</remarks>
/// <param name="tone">The tone.</param>
public sealed class DtmfToneChangeEventArgs(string tone) : EventArgs
{
    /// <summary>The character whose tone, or whose pause, begins; empty when all tones are over.</summary>
    public string Tone { get; } = tone;
}
