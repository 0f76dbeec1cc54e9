namespace Parley.Rtp;

/// <summary>Why bytes are not an RTP packet.</summary>
public enum RtpParseError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>Shorter than the fixed header, the CSRC list or the extension it announces.</summary>
    Truncated,

    /// <summary>The version is not 2.</summary>
    BadVersion,

    /// <summary>The padding count is zero or larger than the payload (RFC 3550 §5.1).</summary>
    BadPadding,
}
