namespace Parley.Rtp;

/// <summary>A codec as negotiated: what a payload type stands for (<c>a=rtpmap</c>, <c>a=fmtp</c>, <c>a=rtcp-fb</c>).</summary>
public sealed record RtpCodec
{
    /// <summary>The payload type bound to the codec.</summary>
    public required PayloadType PayloadType { get; init; }

    /// <summary>
    /// The encoding name, compared without regard to case. "VP8", "VP9", "AV1" and "H264" are packetised by their payload formats; every
    /// other name carries one frame in one packet, as it is.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Ticks of the RTP clock per second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Channels of sound; 0 for anything else.</summary>
    public int Channels { get; init; }

    /// <summary>The parameters of <c>a=fmtp</c>, as they stand; empty when there are none.</summary>
    public string Fmtp { get; init; } = "";

    /// <summary>The feedback negotiated for the codec.</summary>
    public RtpFeedback Feedback { get; init; }

    /// <summary>
    /// The payload type of this codec's retransmissions (<c>rtx</c> with <c>apt</c> naming this codec, RFC 4588); null when not negotiated.
    /// </summary>
    public PayloadType? RtxPayloadType { get; init; }
}
