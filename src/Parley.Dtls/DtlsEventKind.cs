namespace Parley.Dtls;

/// <summary>What a <see cref="DtlsEvent"/> tells.</summary>
public enum DtlsEventKind
{
    /// <summary>The handshake is done and the remote certificate is the signaled one: keys may be exported, data sent.</summary>
    Connected,

    /// <summary>The endpoint has failed; <see cref="DtlsEvent.Failure"/> and <see cref="DtlsEvent.Alert"/> say why.</summary>
    Failed,

    /// <summary>The peer closed the connection (close_notify, RFC 5246 §7.2.1).</summary>
    CloseNotify,
}
