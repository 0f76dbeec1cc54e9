namespace Parley;

/// <summary>The largest picture that an encoding shall have, whichever way it is turned (webrtc-extensions).</summary>
/// <remarks>RTCResolutionRestriction.</remarks>
/// <param name="MaxWidth">Pixels, 1 or more.</param>
/// <param name="MaxHeight">Pixels, 1 or more.</param>
public sealed record RtpResolutionRestriction(uint MaxWidth, uint MaxHeight);
