using Parley.Rtp;

namespace Parley.Transport;

/// <summary>
/// One m-section of a <see cref="BundleTransport"/>, for statistics: its streams. Valid until the next call of the transport.
/// </summary>
public sealed class TransportSection
{
    internal TransportSection(SectionPlan plan) => Plan = plan;

    /// <summary>The section's <see cref="SectionPlan.Id"/>.</summary>
    public int Id => Plan.Id;

    /// <summary>What is sent.</summary>
    public IReadOnlyList<RtpOutbound> Outbounds => OutboundList;

    /// <summary>What is received; null: nothing was yet.</summary>
    public RtpInbound? Inbound { get; internal set; }

    /// <summary>The streams sent that ended with the section.</summary>
    public IReadOnlyList<RtpOutbound> EndedOutbounds { get; internal set; } = [];

    /// <summary>The streams received that ended with the section.</summary>
    public IReadOnlyList<RtpInboundStream> EndedStreams { get; internal set; } = [];

    internal SectionPlan Plan { get; set; }

    internal List<RtpOutbound> OutboundList { get; } = [];
}
