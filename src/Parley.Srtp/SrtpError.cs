namespace Parley.Srtp;

/// <summary>Why a packet was not protected or not accepted.</summary>
public enum SrtpError
{
    /// <summary>It was.</summary>
    None,

    /// <summary>Shorter than a header and a tag.</summary>
    TooShort,

    /// <summary>Not version 2, or its CSRCs or header extension reach past its end.</summary>
    Malformed,

    /// <summary>A packet with this index was accepted before (RFC 3711 §3.3.2).</summary>
    Replayed,

    /// <summary>Older than the replay window, so that nobody can tell whether it is a replay.</summary>
    TooOld,

    /// <summary>The tag is wrong: damaged, forged, or under another key.</summary>
    AuthenticationFailed,

    /// <summary>An RTCP packet whose E bit says that it is not encrypted (RFC 3711 §3.4).</summary>
    NotEncrypted,

    /// <summary>From a new source while <see cref="SrtpContext.MaxSources"/> are known.</summary>
    TooManySources,

    /// <summary>The key has protected as many packets as it may: 2⁴⁸ RTP or 2³¹ RTCP (RFC 3711 §9.2).</summary>
    KeyExhausted,
}
