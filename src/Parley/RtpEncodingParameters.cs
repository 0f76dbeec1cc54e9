namespace Parley;

/// <summary>How one encoding of a track is sent (webrtc-pc §5.2.9).</summary>
/// <remarks>RTCRtpEncodingParameters.</remarks>
public sealed record RtpEncodingParameters
{
    /// <summary>The encoding's name on the wire (RFC 8852), for simulcast. Cannot change once given.</summary>
    public string? Rid { get; init; }

    /// <summary>Whether the encoding is sent.</summary>
    public bool Active { get; init; } = true;

    /// <summary>A codec of the negotiated ones to send with; null for the first of them.</summary>
    public RtpCodec? Codec { get; init; }

    /// <summary>Bits per second at the most; null for no bound.</summary>
    public uint? MaxBitrate { get; init; }

    /// <summary>Pictures per second at the most; null for no bound.</summary>
    public double? MaxFramerate { get; init; }

    /// <summary>By what factor pictures are made smaller, 1.0 or more.</summary>
    public double? ScaleResolutionDownBy { get; init; }
}
