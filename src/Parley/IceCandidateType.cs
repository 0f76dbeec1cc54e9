namespace Parley;

/// <summary>How a candidate was found (RFC 8445 §5.1.1).</summary>
/// <remarks>RTCIceCandidateType.</remarks>
public enum IceCandidateType
{
    /// <summary>An address of the machine itself.</summary>
    Host,

    /// <summary>The address a STUN server saw.</summary>
    ServerReflexive,

    /// <summary>The address a peer saw.</summary>
    PeerReflexive,

    /// <summary>An address on a relay.</summary>
    Relay,
}
