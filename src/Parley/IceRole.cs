namespace Parley;

/// <summary>Which side of a transport decides on the candidate pair (RFC 8445 §6.1.1).</summary>
/// <remarks>RTCIceRole.</remarks>
public enum IceRole
{
    /// <summary>Not decided yet.</summary>
    Unknown,

    /// <summary>This side decides.</summary>
    Controlling,

    /// <summary>The peer decides.</summary>
    Controlled,
}
