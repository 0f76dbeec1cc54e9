namespace Parley;

/// <summary>Who opens the connection of a TCP candidate (webrtc-pc §4.8.1.4, RFC 6544 §4.5).</summary>
/// <remarks>RTCIceTcpCandidateType.</remarks>
public enum IceTcpCandidateType
{
    /// <summary>It opens a connection and takes none.</summary>
    Active,

    /// <summary>It takes a connection and opens none.</summary>
    Passive,

    /// <summary>Both open one at the same time.</summary>
    So,
}
