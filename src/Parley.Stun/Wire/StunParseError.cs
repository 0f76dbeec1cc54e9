namespace Parley.Stun;

/// <summary>Why a datagram is not a STUN message.</summary>
public enum StunParseError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Shorter than the header of 20 bytes.</summary>
    TooShort,

    /// <summary>The first two bits are not zero.</summary>
    NotStun,

    /// <summary>The magic cookie is not there (RFC 3489 clients are not served).</summary>
    WrongMagicCookie,

    /// <summary>The length field is not a multiple of four, or not the length of the datagram.</summary>
    WrongLength,

    /// <summary>An attribute reaches past the message's end.</summary>
    TruncatedAttribute,

    /// <summary>MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 or FINGERPRINT has a length the RFC does not allow.</summary>
    WrongAttributeLength,

    /// <summary>Something follows FINGERPRINT, which must be last (RFC 8489 §14.7).</summary>
    FingerprintNotLast,
}
