namespace Parley;

/// <summary>
/// What else <see cref="RtpSender.SetParametersAsync(RtpSendParameters, RtpSetParameterOptions?)"/> shall do (webrtc-pc §5.2.16,
/// webrtc-extensions §7).
/// </summary>
/// <remarks>RTCSetParameterOptions.</remarks>
public sealed record RtpSetParameterOptions
{
    /// <summary>One for each encoding, in their order; empty for none.</summary>
    public IReadOnlyList<RtpEncodingOptions> EncodingOptions { get; init; } = [];
}
