namespace Parley;

/// <summary>A header extension that can be negotiated (webrtc-pc §5.2.14).</summary>
/// <remarks>RTCRtpHeaderExtensionCapability.</remarks>
/// <param name="Uri">What the extension is (RFC 8285).</param>
public sealed record RtpHeaderExtensionCapability(string Uri);
