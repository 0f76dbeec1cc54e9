namespace Parley.Rtp;

/// <summary>Why bytes are not an RTCP packet.</summary>
public enum RtcpParseError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>Shorter than they announce.</summary>
    Truncated,

    /// <summary>The version is not 2.</summary>
    BadVersion,

    /// <summary>
    /// The padding count is zero, no multiple of four or larger than the packet, or a packet other than the last is padded.
    /// </summary>
    BadPadding,
}
