namespace Parley;

/// <summary>The DTLS layer of a transport (webrtc-pc §5.5).</summary>
/// <remarks>RTCDtlsTransport.</remarks>
public sealed class DtlsTransport
{
    private readonly PeerConnection _connection;

    internal DtlsTransport(PeerConnection connection, IceTransport ice)
    {
        _connection = connection;
        IceTransport = ice;
    }

    /// <summary><see cref="State"/> changed.</summary>
    /// <remarks>statechange.</remarks>
    public event EventHandler? StateChanged;

    /// <summary>The handshake failed.</summary>
    /// <remarks>error.</remarks>
    public event EventHandler<ErrorEventArgs>? ErrorOccurred;

    /// <summary>The ICE layer below.</summary>
    public IceTransport IceTransport { get; }

    /// <summary>The state.</summary>
    public DtlsTransportState State { get; internal set; } = DtlsTransportState.New;

    internal IReadOnlyList<byte[]> RemoteCertificates { get; set; } = [];

    /// <summary>The peer's certificate chain in DER, copied; empty before the handshake has completed.</summary>
    public IReadOnlyList<byte[]> GetRemoteCertificates()
    {
        lock (_connection.Gate)
        {
            return [.. RemoteCertificates.Select(certificate => (byte[])certificate.Clone())];
        }
    }

    internal void RaiseStateChanged() => _connection.Queue.Raise(StateChanged, this);

    internal void RaiseError(RtcError error) => _connection.Queue.Raise(ErrorOccurred, this, new ErrorEventArgs(error));
}
