namespace Parley.Dtls;

/// <summary>A certificate's fingerprint as text (webrtc-pc §5.5.2).</summary>
/// <remarks>RTCDtlsFingerprint.</remarks>
/// <param name="Algorithm">The hash function by its textual name: "sha-256".</param>
/// <param name="Value">The hash in lower-case hex with colons (RFC 8122 §5).</param>
public sealed record DtlsFingerprint(string Algorithm, string Value);
