namespace Parley.Rtp;

/// <summary>The kinds of feedback negotiated for a codec (<c>a=rtcp-fb</c>, RFC 4585 §4.2, RFC 5104 §7).</summary>
[Flags]
public enum RtpFeedback
{
    /// <summary>Reports only.</summary>
    None = 0,

    /// <summary>Generic NACK (<c>nack</c>): the receiver names the packets it misses.</summary>
    Nack = 1,

    /// <summary>Picture loss indication (<c>nack pli</c>).</summary>
    Pli = 2,

    /// <summary>Full intra request (<c>ccm fir</c>).</summary>
    Fir = 4,

    /// <summary>Transport-wide congestion control feedback (<c>transport-cc</c>).</summary>
    TransportCc = 8,

    /// <summary>Receiver estimated maximum bitrate (<c>goog-remb</c>).</summary>
    Remb = 16,
}
