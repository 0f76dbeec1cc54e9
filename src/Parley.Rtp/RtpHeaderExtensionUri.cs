namespace Parley.Rtp;

/// <summary>The URIs that name header extensions in <c>a=extmap</c>.</summary>
public static class RtpHeaderExtensionUri
{
    /// <summary>The m-section a packet belongs to (RFC 8843 §15).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>The encoding a packet belongs to (RFC 8852 §4.1).</summary>
    public const string Rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /// <summary>The encoding a retransmission repairs (RFC 8852 §4.2).</summary>
    public const string RepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

    /// <summary>When the packet left its sender, 24 bits of 6.18 fixed-point seconds.</summary>
    public const string AbsoluteSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>The packet's number among all packets of the transport.</summary>
    public const string TransportSequenceNumber = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /// <summary>The level of the sound in the packet (RFC 6464).</summary>
    public const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>The levels of the contributing sources (RFC 6465).</summary>
    public const string MixerAudioLevel = "urn:ietf:params:rtp-hdrext:csrc-audio-level";

    /// <summary>How the picture must be turned (3GPP TS 26.114 §7.4.5).</summary>
    public const string VideoOrientation = "urn:3gpp:video-orientation";

    /// <summary>When the frame was captured, by the clock of who captured it.</summary>
    public const string AbsoluteCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
}
