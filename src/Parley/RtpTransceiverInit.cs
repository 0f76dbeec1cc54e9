using Parley.Media;

namespace Parley;

/// <summary>How a transceiver begins (webrtc-pc §5.1).</summary>
/// <remarks>RTCRtpTransceiverInit.</remarks>
public sealed record RtpTransceiverInit
{
    /// <summary>Which way media shall go.</summary>
    public RtpTransceiverDirection Direction { get; init; } = RtpTransceiverDirection.SendRecv;

    /// <summary>The streams the peer is told the track belongs to.</summary>
    public IReadOnlyList<MediaStream> Streams { get; init; } = [];

    /// <summary>The encodings to send; empty for one.</summary>
    public IReadOnlyList<RtpEncodingParameters> SendEncodings { get; init; } = [];
}
