namespace Parley;

/// <summary>The strings that JavaScript has for the enumerations, for logs, messages and people who know them from a browser.</summary>
public static class W3CNames
{
    /// <summary>"stable", "have-local-offer", …</summary>
    public static string ToW3CName(this SignalingState state) => state switch
    {
        SignalingState.Stable => "stable",
        SignalingState.HaveLocalOffer => "have-local-offer",
        SignalingState.HaveRemoteOffer => "have-remote-offer",
        SignalingState.HaveLocalPranswer => "have-local-pranswer",
        SignalingState.HaveRemotePranswer => "have-remote-pranswer",
        _ => "closed",
    };

    /// <summary>"new", "gathering", "complete".</summary>
    public static string ToW3CName(this IceGatheringState state) => Lower(state.ToString());

    /// <summary>"new", "checking", "connected", …</summary>
    public static string ToW3CName(this IceConnectionState state) => Lower(state.ToString());

    /// <summary>"new", "checking", "connected", …</summary>
    public static string ToW3CName(this IceTransportState state) => Lower(state.ToString());

    /// <summary>"new", "connecting", "connected", …</summary>
    public static string ToW3CName(this PeerConnectionState state) => Lower(state.ToString());

    /// <summary>"new", "connecting", "connected", …</summary>
    public static string ToW3CName(this DtlsTransportState state) => Lower(state.ToString());

    /// <summary>"connecting", "connected", "closed".</summary>
    public static string ToW3CName(this SctpTransportState state) => Lower(state.ToString());

    /// <summary>"connecting", "open", "closing", "closed".</summary>
    public static string ToW3CName(this DataChannelState state) => Lower(state.ToString());

    /// <summary>"offer", "pranswer", "answer", "rollback".</summary>
    public static string ToW3CName(this SdpType type) => Lower(type.ToString());

    /// <summary>"sendrecv", "sendonly", "recvonly", "inactive", "stopped".</summary>
    public static string ToW3CName(this RtpTransceiverDirection direction) => Lower(direction.ToString());

    /// <summary>"unknown", "controlling", "controlled".</summary>
    public static string ToW3CName(this IceRole role) => Lower(role.ToString());

    /// <summary>"host", "srflx", "prflx", "relay".</summary>
    public static string ToW3CName(this IceCandidateType type) => type switch
    {
        IceCandidateType.Host => "host",
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };

    /// <summary>Reads "offer", "pranswer", "answer" or "rollback".</summary>
    public static bool TryParseSdpType(string? text, out SdpType type)
    {
        (var known, type) = text switch
        {
            "offer" => (true, SdpType.Offer),
            "pranswer" => (true, SdpType.Pranswer),
            "answer" => (true, SdpType.Answer),
            "rollback" => (true, SdpType.Rollback),
            _ => (false, default),
        };
        return known;
    }

    private static string Lower(string name) => name.ToLowerInvariant();
}
