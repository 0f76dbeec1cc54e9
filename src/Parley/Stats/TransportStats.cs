namespace Parley;

/// <summary>A transport (webrtc-stats §8.15).</summary>
/// <remarks>RTCTransportStats.</remarks>
public sealed record TransportStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "transport";

    /// <summary>Datagrams sent, without ICE's.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Datagrams received, without ICE's.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Which side decides on the pair.</summary>
    public IceRole IceRole { get; init; }

    /// <summary>The local user-name fragment.</summary>
    public string? IceLocalUsernameFragment { get; init; }

    /// <summary>The ICE state.</summary>
    public IceTransportState IceState { get; init; }

    /// <summary>The DTLS state.</summary>
    public DtlsTransportState DtlsState { get; init; }

    /// <summary>The pair in use.</summary>
    public string? SelectedCandidatePairId { get; init; }

    /// <summary>The local certificate.</summary>
    public string? LocalCertificateId { get; init; }

    /// <summary>The peer's certificate.</summary>
    public string? RemoteCertificateId { get; init; }

    /// <summary>The version as four hexadecimal digits.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>The cipher suite's name.</summary>
    public string? DtlsCipher { get; init; }

    /// <summary>"client", "server" or "unknown".</summary>
    public string? DtlsRole { get; init; }

    /// <summary>The SRTP profile's name.</summary>
    public string? SrtpCipher { get; init; }

    /// <summary>How often the pair changed.</summary>
    public int SelectedCandidatePairChanges { get; init; }
}
