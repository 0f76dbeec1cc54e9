namespace Parley.Ice;

/// <summary>The transport of a candidate.</summary>
public enum IceProtocol
{
    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP (RFC 6544). Such candidates of the peer are counted and passed over.</summary>
    Tcp,
}
