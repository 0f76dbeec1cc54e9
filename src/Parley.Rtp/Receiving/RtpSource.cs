namespace Parley.Rtp;

/// <summary>What an SSRC is known to be.</summary>
internal sealed class RtpSource(RtpInbound inbound, bool isSignaled)
{
    public RtpInbound Inbound { get; set; } = inbound;

    /// <summary>Whether the session description named it; such a source is never forgotten to make room.</summary>
    public bool IsSignaled { get; set; } = isSignaled;

    /// <summary>The stream it is.</summary>
    public RtpInboundStream? Stream { get; set; }

    /// <summary>The stream it repairs.</summary>
    public RtpInboundStream? Repairs { get; set; }

    /// <summary>The signaled source it repairs.</summary>
    public Ssrc? RepairsSsrc { get; set; }

    public Net.Instant LastPacketAt { get; set; }
}
