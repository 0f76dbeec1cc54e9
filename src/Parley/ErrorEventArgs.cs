namespace Parley;

/// <summary>A transport or channel met an error (webrtc-pc §11.3).</summary>
/// <remarks>RTCErrorEvent.</remarks>
/// <param name="error">The error.</param>
public sealed class ErrorEventArgs(RtcError error) : EventArgs
{
    /// <summary>The error.</summary>
    public RtcError Error { get; } = error;
}
