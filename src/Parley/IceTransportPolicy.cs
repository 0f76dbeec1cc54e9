namespace Parley;

/// <summary>Which candidates may be used.</summary>
/// <remarks>RTCIceTransportPolicy.</remarks>
public enum IceTransportPolicy
{
    /// <summary>Any.</summary>
    All,

    /// <summary>Only relayed ones, which hide this machine's addresses from the peer.</summary>
    Relay,
}
