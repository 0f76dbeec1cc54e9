namespace Parley.Sdp;

/// <summary>
/// What the caller requires beyond syntax, of every section that is not rejected. In a BUNDLE group the tagged section answers for all.
/// </summary>
[Flags]
public enum SdpRequirements
{
    /// <summary>Nothing beyond correct syntax.</summary>
    None = 0,

    /// <summary>A fingerprint, in the section or for the session.</summary>
    Fingerprint = 1,

    /// <summary>An ice-ufrag and an ice-pwd, in the section or for the session.</summary>
    IceCredentials = 2,

    /// <summary>A setup role, in the section or for the session.</summary>
    Setup = 4,

    /// <summary>A mid in every section, the rejected ones too.</summary>
    Mid = 8,

    /// <summary>
    /// The letter of the RFCs where real peers are looser: one direction in a section, no extmap id 15, readable rids, and within a BUNDLE
    /// group one meaning for each payload type and extmap id.
    /// </summary>
    Strict = 16,
}
