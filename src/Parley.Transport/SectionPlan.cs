using Parley.Rtp;

namespace Parley.Transport;

/// <summary>What one m-section sends and receives.</summary>
/// <param name="Id">Names the section in events: the caller's choice, one for each section that the transport ever carries.</param>
public sealed record SectionPlan(int Id)
{
    /// <summary>
    /// The streams sent. Null: streams that exist fall silent, without a BYE. A stream that is not in the list any more ends with one (RFC
    /// 3550 §6.6).
    /// </summary>
    public IReadOnlyList<SentEncoding>? Sent { get; init; }

    /// <summary>What is received. Null: what was received before is still taken in, so that its numbers go on.</summary>
    public RtpInboundOptions? Received { get; init; }

    /// <summary>
    /// Whether the section has ended for good: its streams end, and their figures stay until the section leaves the plan (webrtc-stats
    /// §8.1).
    /// </summary>
    public bool HasEnded { get; init; }
}
