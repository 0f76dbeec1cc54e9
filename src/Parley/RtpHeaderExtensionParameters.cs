namespace Parley;

/// <summary>A header extension in use (webrtc-pc §5.2.10).</summary>
/// <remarks>RTCRtpHeaderExtensionParameters.</remarks>
/// <param name="Uri">What the extension is (RFC 8285).</param>
/// <param name="Id">Its number in packets.</param>
/// <param name="Encrypted">Whether it is encrypted; never, here.</param>
public sealed record RtpHeaderExtensionParameters(string Uri, int Id, bool Encrypted = false);
