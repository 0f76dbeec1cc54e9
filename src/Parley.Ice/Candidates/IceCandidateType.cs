namespace Parley.Ice;

/// <summary>How a candidate was found (RFC 8445 §5.1.1).</summary>
public enum IceCandidateType
{
    /// <summary>An address of the machine: "host".</summary>
    Host,

    /// <summary>What a STUN server saw: "srflx".</summary>
    ServerReflexive,

    /// <summary>What the peer saw in a check: "prflx".</summary>
    PeerReflexive,

    /// <summary>An address of a TURN server: "relay".</summary>
    Relayed,
}
