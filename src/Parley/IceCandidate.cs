using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Parley.Sdp;

namespace Parley;

/// <summary>An address at which a side may be reached (webrtc-pc §4.8.1).</summary>
/// <remarks>RTCIceCandidate.</remarks>
[JsonConverter(typeof(IceCandidateJsonConverter))]
public sealed record IceCandidate
{
    /// <summary>
    /// Takes a candidate apart. What is not well-formed, or has a value that no property can hold, leaves all derived properties null.
    /// </summary>
    /// <param name="init">The candidate as signaled; a <see cref="LocalIceCandidateInit"/> also brings <see cref="RelayProtocol"/> and
    /// <see cref="Url"/>.</param>
    /// <exception cref="ArgumentException">Both the mid and the index are missing.</exception>
    public IceCandidate(IceCandidateInit? init = null)
        : this(init ?? new IceCandidateInit(), default)
    {
        if (SdpMid is null && SdpMLineIndex is null)
        {
            throw new ArgumentException("A candidate names its section by mid or index.", nameof(init));
        }
    }

    // "To create an RTCIceCandidate": without the constructor's check.
    private IceCandidate(IceCandidateInit init, Unchecked unchecked_)
    {
        _ = unchecked_;
        ArgumentNullException.ThrowIfNull(init.Candidate, nameof(init));
        Candidate = init.Candidate;
        SdpMid = init.SdpMid;
        SdpMLineIndex = init.SdpMLineIndex;
        UsernameFragment = init.UsernameFragment;
        var local = init as LocalIceCandidateInit;
        RelayProtocol = local?.RelayProtocol;
        Url = local?.Url;
        if (init.Candidate.Length == 0 || !TryParse(init.Candidate, out var attribute)
            || !TryReadValues(attribute, out var protocol, out var tcpType, out var type))
        {
            return;
        }

        Foundation = attribute.Foundation;
        Component = (IceComponent)attribute.Component;
        Priority = attribute.Priority;
        Address = attribute.Address;
        Protocol = protocol;
        Port = (ushort)attribute.Port;
        Type = type;
        TcpType = tcpType;
        RelatedAddress = attribute.RelatedAddress;
        RelatedPort = (ushort?)attribute.RelatedPort;
    }

    private readonly record struct Unchecked;

    /// <summary>
    /// The candidate attribute ("candidate:…", RFC 8839 §5.1); empty for the end of candidates, and for a remote one found by a check.
    /// </summary>
    public string Candidate { get; }

    /// <summary>The mid of the section it belongs to.</summary>
    public string? SdpMid { get; }

    /// <summary>The index of the section it belongs to.</summary>
    public ushort? SdpMLineIndex { get; }

    /// <summary>The ICE user-name fragment of the generation it belongs to.</summary>
    public string? UsernameFragment { get; }

    /// <summary>Equal for candidates of one kind, base and server (RFC 8445 §5.1.1.3).</summary>
    public string? Foundation { get; }

    /// <summary>What it carries.</summary>
    public IceComponent? Component { get; private init; }

    /// <summary>The priority (RFC 8445 §5.1.2).</summary>
    public uint? Priority { get; private init; }

    /// <summary>The IP address, or a name; null where the peer has not told it.</summary>
    public string? Address { get; }

    /// <summary>The transport protocol.</summary>
    public IceProtocol? Protocol { get; private init; }

    /// <summary>The port.</summary>
    public ushort? Port { get; private init; }

    /// <summary>How it was found.</summary>
    public IceCandidateType? Type { get; private init; }

    /// <summary>Who opens the connection; null for UDP.</summary>
    public IceTcpCandidateType? TcpType { get; }

    /// <summary>Of a reflexive or relayed candidate, the address it derives from.</summary>
    public string? RelatedAddress { get; }

    /// <summary>Of a reflexive or relayed candidate, the port it derives from.</summary>
    public ushort? RelatedPort { get; }

    /// <summary>Of a local relayed candidate, how the server is spoken to; else null.</summary>
    public IceServerTransportProtocol? RelayProtocol { get; }

    /// <summary>Of a local reflexive or relayed candidate, the URL of the server it was gathered from; else null.</summary>
    public string? Url { get; }

    /// <summary>The candidate as it is signaled.</summary>
    /// <remarks>toJSON.</remarks>
    public IceCandidateInit ToInit() => new(Candidate, SdpMid, SdpMLineIndex, UsernameFragment);

    /// <summary>
    /// The candidate-attribute grammar (RFC 8839 §5.1): "candidate:", at once a foundation, and the rest. "a=" before it is let through, as
    /// Chromium
    /// does, and so are foundations of any characters, and none at all.
    /// </summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out CandidateAttribute? attribute)
    {
        const string Name = "candidate:";
        attribute = null;
        var rest = text.AsSpan();
        rest = rest.StartsWith("a=", StringComparison.Ordinal) ? rest[2..] : rest;
        return rest.StartsWith(Name, StringComparison.Ordinal)
            && rest.Length > Name.Length
            && CandidateAttribute.TryParse(rest, out attribute)
            && rest[Name.Length] == ' ' == (attribute.Foundation.Length == 0);
    }

    /// <summary>"To create an RTCIceCandidate", without what the constructor checks.</summary>
    internal static IceCandidate Create(IceCandidateInit init) => new(init, default(Unchecked));

    /// <summary>
    /// A remote candidate that no description told of: the text and, by default, the address stay hidden (webrtc-pc §4.8.1).
    /// </summary>
    internal static IceCandidate PeerReflexive(string? mid, ushort? index, string? ufrag, uint priority, ushort port) =>
        new(new IceCandidateInit("", mid, index, ufrag), default(Unchecked))
        {
            Component = IceComponent.Rtp,
            Priority = priority,
            Protocol = IceProtocol.Udp,
            Port = port,
            Type = IceCandidateType.PeerReflexive,
        };

    // "If any field in the parse result represents an invalid value for the corresponding attribute in iceCandidate, abort these steps."
    private static bool TryReadValues(
        CandidateAttribute attribute, out IceProtocol protocol, out IceTcpCandidateType? tcpType, out IceCandidateType type)
    {
        (var isProtocol, protocol) = attribute.Transport.ToLowerInvariant() switch
        {
            "udp" => (true, IceProtocol.Udp),
            "tcp" => (true, IceProtocol.Tcp),
            _ => (false, default),
        };
        (var isType, type) = attribute.Type switch
        {
            "host" => (true, IceCandidateType.Host),
            "srflx" => (true, IceCandidateType.ServerReflexive),
            "prflx" => (true, IceCandidateType.PeerReflexive),
            "relay" => (true, IceCandidateType.Relay),
            _ => (false, default),
        };
        (var isTcpType, tcpType) = (protocol, attribute.TcpType) switch
        {
            (IceProtocol.Udp, _) or (_, null) => (true, (IceTcpCandidateType?)null),
            (_, "active") => (true, IceTcpCandidateType.Active),
            (_, "passive") => (true, IceTcpCandidateType.Passive),
            (_, "so") => (true, IceTcpCandidateType.So),
            _ => (false, null),
        };
        return isProtocol && isType && isTcpType && attribute.Component is (int)IceComponent.Rtp or (int)IceComponent.Rtcp;
    }
}
