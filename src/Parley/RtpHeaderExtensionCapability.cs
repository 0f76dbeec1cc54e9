namespace Parley;

/// <summary>A header extension that can be negotiated (webrtc-pc §5.2.14).</summary>
/// <remarks>RTCRtpHeaderExtensionCapability.</remarks>
/// <param name="Uri">What the extension is (RFC 8285).</param>
/// <param name="Direction">
/// Whether it is sent, received, both or neither, stopped being not even offered (webrtc-extensions). Of a capability, with what a first
/// offer has it.
/// </param>
public sealed record RtpHeaderExtensionCapability(string Uri, RtpTransceiverDirection Direction);
