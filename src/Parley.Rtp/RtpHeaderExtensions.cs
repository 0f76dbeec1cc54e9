namespace Parley.Rtp;

/// <summary>
/// The ids negotiated for the header extensions Parley reads and writes (<c>a=extmap</c>, RFC 8285 §5): 1 to 255, 0 when not
/// negotiated. Ids above 14 are written in the two-byte form, which the other side must have allowed (<c>extmap-allow-mixed</c>).
/// </summary>
public readonly record struct RtpHeaderExtensions
{
    /// <summary><c>urn:ietf:params:rtp-hdrext:sdes:mid</c> (RFC 8843 §15).</summary>
    public byte Mid { get; init; }

    /// <summary><c>urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id</c> (RFC 8852 §4.1).</summary>
    public byte Rid { get; init; }

    /// <summary><c>urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id</c> (RFC 8852 §4.2).</summary>
    public byte RepairedRid { get; init; }

    /// <summary><c>http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time</c>.</summary>
    public byte AbsoluteSendTime { get; init; }

    /// <summary><c>http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01</c>.</summary>
    public byte TransportSequenceNumber { get; init; }

    /// <summary><c>urn:ietf:params:rtp-hdrext:ssrc-audio-level</c> (RFC 6464).</summary>
    public byte AudioLevel { get; init; }

    /// <summary><c>urn:ietf:params:rtp-hdrext:csrc-audio-level</c> (RFC 6465).</summary>
    public byte MixerAudioLevel { get; init; }

    /// <summary><c>urn:3gpp:video-orientation</c> (3GPP TS 26.114 §7.4.5).</summary>
    public byte VideoOrientation { get; init; }

    /// <summary><c>http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time</c>.</summary>
    public byte AbsoluteCaptureTime { get; init; }

    internal byte Highest => Math.Max(
        Math.Max(Math.Max(Math.Max(Mid, Rid), Math.Max(RepairedRid, AbsoluteSendTime)), Math.Max(TransportSequenceNumber, AudioLevel)),
        Math.Max(Math.Max(MixerAudioLevel, AbsoluteCaptureTime), VideoOrientation));
}
