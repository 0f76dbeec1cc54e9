using Parley.Net;

namespace Parley.Rtp;

/// <summary>A frame to be sent.</summary>
public readonly ref struct RtpFrame
{
    /// <summary>The negotiated payload type of the frame's codec.</summary>
    public required PayloadType PayloadType { get; init; }

    /// <summary>
    /// When the frame was sampled, on the caller's own clock in ticks of the codec's clock rate. A random offset is added on the wire (RFC
    /// 3550 §5.1).
    /// </summary>
    public required RtpTimestamp Timestamp { get; init; }

    /// <summary>
    /// The encoded bytes: H.264 with start codes; AV1 as a temporal unit whose OBUs say their sizes; anything else as it is.
    /// </summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Whether decoding can begin with this frame.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Of sound, that a talkspurt begins (RFC 3551 §4.1). Pictures are marked by themselves.</summary>
    public bool Marker { get; init; }

    /// <summary>When the frame was captured; null: when it is sent. Sender reports map RTP time to wall-clock time by it.</summary>
    public Instant? CapturedAt { get; init; }

    /// <summary>
    /// Whether the caller's clock begins anew with this frame (another track took over): the wire's clock then goes on evenly.
    /// </summary>
    public bool IsDiscontinuous { get; init; }

    /// <summary>The sound's level in -dBov, 0 (loudest) to 127; null: not told (RFC 6464).</summary>
    public byte? AudioLevel { get; init; }

    /// <summary>Whether a voice is heard in the frame (RFC 6464).</summary>
    public bool VoiceActivity { get; init; }

    /// <summary>How the picture must be turned to stand upright; null: not told.</summary>
    public VideoOrientation? Orientation { get; init; }

    /// <summary>The sources that were mixed into the frame; of more than 15 the first 15 are named (RFC 3550 §5.1).</summary>
    public ReadOnlySpan<RtpContributor> Contributors { get; init; }
}
