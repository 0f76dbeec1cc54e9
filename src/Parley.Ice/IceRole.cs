namespace Parley.Ice;

/// <summary>Who nominates (RFC 8445 §2.3).</summary>
public enum IceRole
{
    /// <summary>The peer nominates.</summary>
    Controlled,

    /// <summary>This agent nominates.</summary>
    Controlling,
}
