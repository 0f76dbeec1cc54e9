using Parley.Rtp;

namespace Parley.Transport;

/// <summary>A stream that a section sends.</summary>
/// <param name="Options">Its SSRC, which names it, and what was negotiated for it.</param>
/// <param name="IsActive">Whether its frames are sent; those of a paused stream are dropped.</param>
public sealed record SentEncoding(RtpOutboundOptions Options, bool IsActive);
