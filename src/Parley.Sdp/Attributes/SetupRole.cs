namespace Parley.Sdp;

/// <summary>Who starts the DTLS handshake, <c>a=setup</c> (RFC 4145 §4, RFC 5763 §5).</summary>
public enum SetupRole
{
    /// <summary>Either; the answerer chooses. What offers say.</summary>
    ActPass,

    /// <summary>This side is the DTLS client.</summary>
    Active,

    /// <summary>This side is the DTLS server.</summary>
    Passive,

    /// <summary>No connection for now.</summary>
    HoldConn,
}
