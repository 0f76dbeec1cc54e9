namespace Parley.Ice;

/// <summary>Which candidates may be used.</summary>
/// <remarks>W3C: <c>RTCIceTransportPolicy</c>.</remarks>
public enum IceTransportPolicy
{
    /// <summary>All.</summary>
    All,

    /// <summary>Relayed ones alone: no address of this machine is shown to the peer.</summary>
    Relay,
}
