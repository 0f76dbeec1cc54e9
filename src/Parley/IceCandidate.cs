using Parley.Sdp;

namespace Parley;

/// <summary>An address at which a side may be reached (webrtc-pc §4.8.1).</summary>
/// <remarks>RTCIceCandidate.</remarks>
public sealed record IceCandidate
{
    /// <summary>Takes a candidate apart. What is not well-formed leaves the derived properties null.</summary>
    /// <param name="init">The candidate as signaled.</param>
    /// <exception cref="ArgumentException">Both the mid and the index are missing.</exception>
    public IceCandidate(IceCandidateInit init)
    {
        ArgumentNullException.ThrowIfNull(init);
        if (init.SdpMid is null && init.SdpMLineIndex is null)
        {
            throw new ArgumentException("A candidate names its section by mid or index.", nameof(init));
        }

        Candidate = init.Candidate;
        SdpMid = init.SdpMid;
        SdpMLineIndex = init.SdpMLineIndex;
        UsernameFragment = init.UsernameFragment;
        if (!CandidateAttribute.TryParse(init.Candidate, out var attribute))
        {
            return;
        }

        Foundation = attribute.Foundation;
        Component = attribute.Component;
        Priority = attribute.Priority;
        Address = attribute.Address;
        Protocol = attribute.Transport.ToLowerInvariant();
        Port = (ushort)attribute.Port;
        TcpType = attribute.TcpType;
        RelatedAddress = attribute.RelatedAddress;
        RelatedPort = (ushort?)attribute.RelatedPort;
        UsernameFragment ??= attribute.Ufrag;
        Type = attribute.Type switch
        {
            "host" => IceCandidateType.Host,
            "srflx" => IceCandidateType.ServerReflexive,
            "prflx" => IceCandidateType.PeerReflexive,
            "relay" => IceCandidateType.Relay,
            _ => null,
        };
    }

    /// <summary>The candidate attribute ("candidate:…", RFC 8839 §5.1); empty for the end of candidates.</summary>
    public string Candidate { get; }

    /// <summary>The mid of the section it belongs to.</summary>
    public string? SdpMid { get; }

    /// <summary>The index of the section it belongs to.</summary>
    public ushort? SdpMLineIndex { get; }

    /// <summary>The ICE user-name fragment of the generation it belongs to.</summary>
    public string? UsernameFragment { get; }

    /// <summary>Equal for candidates of one kind, base and server (RFC 8445 §5.1.1.3).</summary>
    public string? Foundation { get; }

    /// <summary>1 for RTP, 2 for RTCP.</summary>
    public int? Component { get; }

    /// <summary>The priority (RFC 8445 §5.1.2).</summary>
    public uint? Priority { get; }

    /// <summary>The IP address, or an mDNS name.</summary>
    public string? Address { get; }

    /// <summary>"udp" or "tcp".</summary>
    public string? Protocol { get; }

    /// <summary>The port.</summary>
    public ushort? Port { get; }

    /// <summary>How it was found.</summary>
    public IceCandidateType? Type { get; }

    /// <summary>"active", "passive" or "so"; null for UDP.</summary>
    public string? TcpType { get; }

    /// <summary>Of a reflexive or relayed candidate, the address it derives from.</summary>
    public string? RelatedAddress { get; }

    /// <summary>Of a reflexive or relayed candidate, the port it derives from.</summary>
    public ushort? RelatedPort { get; }

    /// <summary>Of a local candidate, the URL of the server it was gathered from.</summary>
    public string? Url { get; init; }

    /// <summary>The candidate as it is signaled.</summary>
    /// <remarks>toJSON.</remarks>
    public IceCandidateInit ToInit() => new(Candidate, SdpMid, SdpMLineIndex, UsernameFragment);
}
