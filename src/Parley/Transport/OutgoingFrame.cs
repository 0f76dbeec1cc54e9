using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>A frame on its way from a track to the loop.</summary>
/// <param name="Flow">The encoding it goes out through.</param>
/// <param name="Buffer">A rented array with the encoded bytes.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="PayloadType">The payload type negotiated for its format.</param>
/// <param name="RtpTimestamp">The media clock, without the stream's random offset.</param>
/// <param name="IsKeyFrame">Whether decoding can begin with it.</param>
/// <param name="CapturedAt">When it was captured or made.</param>
/// <param name="AudioLevel">The sound's level in -dBov; null when not known.</param>
/// <param name="VoiceActivity">Whether a voice is heard.</param>
/// <param name="Contributors">What was mixed into it; a copy of its own.</param>
internal readonly record struct OutgoingFrame(
    EncodingFlow Flow,
    byte[] Buffer,
    int Length,
    int PayloadType,
    uint RtpTimestamp,
    bool IsKeyFrame,
    Instant CapturedAt,
    byte? AudioLevel,
    bool VoiceActivity,
    RtpContributor[]? Contributors);
