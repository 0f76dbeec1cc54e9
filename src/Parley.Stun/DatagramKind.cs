namespace Parley.Stun;

/// <summary>What a datagram on a shared socket is, told from its first bytes (RFC 7983 §7, RFC 5761 §4).</summary>
public enum DatagramKind
{
    /// <summary>None of those below; to be dropped.</summary>
    Unknown,

    /// <summary>STUN: first byte 0 to 3.</summary>
    Stun,

    /// <summary>ZRTP: first byte 16 to 19.</summary>
    Zrtp,

    /// <summary>DTLS: first byte 20 to 63.</summary>
    Dtls,

    /// <summary>TURN ChannelData: first byte 64 to 79.</summary>
    TurnChannel,

    /// <summary>RTP or SRTP: first byte 128 to 191.</summary>
    Rtp,

    /// <summary>RTCP or SRTCP: as RTP, with a second byte of 192 to 223.</summary>
    Rtcp,
}
