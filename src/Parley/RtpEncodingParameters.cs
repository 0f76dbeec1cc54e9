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

    /// <summary>
    /// By what factor pictures are made smaller, 1.0 or more. Pictures come encoded: of a source with renditions
    /// (<see cref="Media.SimulcastSource"/>) each encoding sends that of its name, and nothing is scaled here.
    /// </summary>
    public double? ScaleResolutionDownBy { get; init; }

    /// <summary>
    /// The largest pictures the encoding shall have; where it is given it counts instead of <see cref="ScaleResolutionDownBy"/>, and is
    /// given for all active encodings (webrtc-extensions). It is checked and kept, and no more: pictures come encoded, so that "frames are
    /// sent according to the specified resolution restrictions" only when the application, which encodes, reads it here and gives each
    /// encoding a rendition that fits. A larger picture is sent all the same.
    /// </summary>
    public RtpResolutionRestriction? ScaleResolutionDownTo { get; init; }
}
