using Parley.Net;
using Parley.Rtp;

namespace Parley.Media;

/// <summary>One picture, or one packet's worth of sound.</summary>
public readonly record struct MediaFrame
{
    /// <summary>How <see cref="Data"/> is encoded.</summary>
    public required MediaFormat Format { get; init; }

    /// <summary>
    /// The encoded bytes. A sink may read them only during the call that brings them; who wants to keep them copies them.
    /// </summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the frame belongs on its track's own timeline, counted from the track's first frame.</summary>
    public TimeSpan Timestamp { get; init; }

    /// <summary>How long the frame lasts; zero when unknown.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether decoding can begin with this frame. Sound is always so.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Of a received frame, the RTP timestamp as it was on the wire.</summary>
    public uint RtpTimestamp { get; init; }

    /// <summary>
    /// Of a received frame, when it was captured by the sender's wall clock, known once a sender report has come
    /// (RFC 3550 §6.4.1). Frames of tracks of one stream line up by it.
    /// </summary>
    public DateTimeOffset? CapturedAt { get; init; }

    /// <summary>When the frame arrived, or was made, on the local monotonic clock.</summary>
    public Instant At { get; init; }

    /// <summary>Whether frames before this one are missing.</summary>
    public bool FollowsLoss { get; init; }

    /// <summary>Whether no other frame refers to this one, so that leaving it out breaks nothing.</summary>
    public bool IsDiscardable { get; init; }

    /// <summary>
    /// Which of several renditions of the same picture this is, when the source offers several: the rid of the encoding that it is for.
    /// Null when there is only one.
    /// </summary>
    public string? Rendition { get; init; }

    /// <summary>The sound's level in -dBov, 0 (loudest) to 127 (silence); null when not known (RFC 6464).</summary>
    public byte? AudioLevel { get; init; }

    /// <summary>Whether a voice is heard; false when not known (RFC 6464).</summary>
    public bool VoiceActivity { get; init; }

    /// <summary>
    /// How the picture must be turned to stand upright (<c>urn:3gpp:video-orientation</c>): of a received frame what the sender told last,
    /// of a frame to be sent what the
    /// peer shall be told. Null when not known: upright.
    /// </summary>
    public VideoOrientation? Orientation { get; init; }

    /// <summary>
    /// The sources that a mixer put into the frame, in its order, 15 at most: what a received frame's packets say, and what those of a
    /// frame to be sent shall say (RFC 3550 §5.1, RFC 6465). As <see cref="Data"/>, of a received frame it is valid only during the call
    /// that brings it.
    /// </summary>
    public ReadOnlyMemory<RtpContributor> Contributors { get; init; }
}
