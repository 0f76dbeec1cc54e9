namespace Parley.Rtp;

/// <summary>The feedback message types (FMT) that Parley knows (RFC 4585 §6, RFC 5104 §4).</summary>
public static class RtcpFormat
{
    /// <summary>RTPFB: generic NACK (RFC 4585 §6.2.1).</summary>
    public const byte GenericNack = 1;

    /// <summary>RTPFB: transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).</summary>
    public const byte TransportWide = 15;

    /// <summary>PSFB: picture loss indication (RFC 4585 §6.3.1).</summary>
    public const byte PictureLossIndication = 1;

    /// <summary>PSFB: full intra request (RFC 5104 §4.3.1).</summary>
    public const byte FullIntraRequest = 4;

    /// <summary>PSFB: application layer feedback (RFC 4585 §6.4), REMB among them.</summary>
    public const byte ApplicationLayer = 15;
}
