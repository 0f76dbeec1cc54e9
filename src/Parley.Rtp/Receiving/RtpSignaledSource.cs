namespace Parley.Rtp;

/// <summary>A source announced in the session description.</summary>
/// <param name="Ssrc">The stream.</param>
/// <param name="RtxSsrc">The stream of its retransmissions (<c>a=ssrc-group:FID</c>); null when there is none.</param>
public readonly record struct RtpSignaledSource(Ssrc Ssrc, Ssrc? RtxSsrc = null);
