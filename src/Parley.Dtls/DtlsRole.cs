namespace Parley.Dtls;

/// <summary>Which side of the handshake an endpoint takes (RFC 5763 §5: <c>a=setup</c> decides).</summary>
public enum DtlsRole
{
    /// <summary>Sends the ClientHello: <c>a=setup:active</c>.</summary>
    Client,

    /// <summary>Waits for the ClientHello: <c>a=setup:passive</c>.</summary>
    Server,
}
