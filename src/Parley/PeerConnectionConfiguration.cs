using Parley.Dtls;
using Parley.Sctp;

namespace Parley;

/// <summary>How a connection shall be made (webrtc-pc §4.2.1).</summary>
/// <remarks>RTCConfiguration.</remarks>
public sealed record PeerConnectionConfiguration
{
    /// <summary>STUN and TURN servers. None by default: only this machine's own addresses are candidates.</summary>
    public IReadOnlyList<IceServer> IceServers { get; init; } = [];

    /// <summary>Which candidates may be used.</summary>
    public IceTransportPolicy IceTransportPolicy { get; init; } = IceTransportPolicy.All;

    /// <summary>How media is spread over transports when the peer may not bundle.</summary>
    public BundlePolicy BundlePolicy { get; init; } = BundlePolicy.Balanced;

    /// <summary>Whether RTCP must share its transport with RTP.</summary>
    public RtcpMuxPolicy RtcpMuxPolicy { get; init; } = RtcpMuxPolicy.Require;

    /// <summary>Certificates to use; empty lets the connection make one of its own.</summary>
    public IReadOnlyList<DtlsCertificate> Certificates { get; init; } = [];

    /// <summary>Size of the pool of candidates gathered ahead, 0 to 255.</summary>
    public byte IceCandidatePoolSize { get; init; }

    /// <summary>
    /// Whether the first offer has a section for data before there is a channel: the first section, on whose transport all others are
    /// bundled (webrtc-extensions).
    /// </summary>
    public bool AlwaysNegotiateDataChannels { get; init; }

    /// <summary>How data channels control congestion; counts for an association that begins after it was set.</summary>
    public CongestionControl DataCongestionControl { get; init; }

    /// <summary>
    /// How many data channels there may be at once, opened by either side: 1 to 65,535. Ids are below it. The lower of the two sides'
    /// numbers counts (<see cref="SctpTransport.MaxChannels"/>); both sides must raise it for more. Counts for an association that begins
    /// after it was set.
    /// </summary>
    /// <remarks>Parley's own. RFC 8831 §6.2 says 65,535; browsers have 1,024, and each channel takes memory that a peer can ask
    /// for.</remarks>
    public int MaxDataChannels { get; init; } = 1024;

    /// <summary>
    /// The port that the connection shares with others instead of binding ports of its own; null for its own. It stays the caller's to
    /// dispose, after the connections. It cannot change later.
    /// </summary>
    /// <remarks>Parley's own: W3C has nothing like it.</remarks>
    public SharedUdpPort? SharedPort { get; init; }

    /// <summary>
    /// A copy that later changes of the lists do not reach, once what JavaScript's types would refuse is refused (TypeError).
    /// </summary>
    internal PeerConnectionConfiguration Checked()
    {
        ArgumentNullException.ThrowIfNull(IceServers);
        ArgumentNullException.ThrowIfNull(Certificates);
        if (!Enum.IsDefined(IceTransportPolicy)
            || !Enum.IsDefined(BundlePolicy)
            || !Enum.IsDefined(RtcpMuxPolicy)
            || !Enum.IsDefined(DataCongestionControl))
        {
            throw new ArgumentException("A policy is none of its enumeration.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDataChannels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDataChannels, ushort.MaxValue);
        if (IceServers.Contains(null!) || Certificates.Contains(null!) || IceServers.Any(server => server.Urls.Contains(null!)))
        {
            throw new ArgumentException("A server, a URL or a certificate is null.");
        }

        return this with { IceServers = [.. IceServers], Certificates = [.. Certificates] };
    }
}
