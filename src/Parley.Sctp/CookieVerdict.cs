namespace Parley.Sctp;

/// <summary>What a COOKIE ECHO asks for (RFC 9260 §5.2.4, table 12).</summary>
internal enum CookieVerdict : byte
{
    /// <summary>Not a cookie of this association.</summary>
    Invalid,

    /// <summary>A cookie whose time has passed (§5.2.6).</summary>
    Stale,

    /// <summary>D: both sides know each other; the COOKIE ACK was lost, or INITs crossed.</summary>
    Known,

    /// <summary>B: the peer began, with a tag not seen yet.</summary>
    New,

    /// <summary>A: the peer has restarted.</summary>
    Restart,

    /// <summary>A cookie of an earlier handshake.</summary>
    OfNoUse,

    /// <summary>C: the peer's answer to an INIT that came late.</summary>
    Old,
}
