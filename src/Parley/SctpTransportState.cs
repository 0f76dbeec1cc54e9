namespace Parley;

/// <summary>The state of an SCTP transport (webrtc-pc §6.1.2).</summary>
/// <remarks>RTCSctpTransportState.</remarks>
public enum SctpTransportState
{
    /// <summary>The association is being negotiated.</summary>
    Connecting,

    /// <summary>The association is up.</summary>
    Connected,

    /// <summary>The association is gone.</summary>
    Closed,
}
