namespace Parley.Sdp;

/// <summary>Which ways a section's media flows, seen from who wrote it (RFC 8866 §6.7).</summary>
[Flags]
public enum MediaDirection
{
    /// <summary>Neither way.</summary>
    Inactive = 0,

    /// <summary>Out only.</summary>
    SendOnly = 1,

    /// <summary>In only.</summary>
    RecvOnly = 2,

    /// <summary>Both ways; the default.</summary>
    SendRecv = SendOnly | RecvOnly,
}
