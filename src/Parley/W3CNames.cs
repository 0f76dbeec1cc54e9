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

    /// <summary>"none", "cpu", "bandwidth", "other".</summary>
    public static string ToW3CName(this QualityLimitationReason reason) => Lower(reason.ToString());

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

    /// <summary>"rtp", "rtcp".</summary>
    public static string ToW3CName(this IceComponent component) => Lower(component.ToString());

    /// <summary>"udp", "tcp".</summary>
    public static string ToW3CName(this IceProtocol protocol) => Lower(protocol.ToString());

    /// <summary>"active", "passive", "so".</summary>
    public static string ToW3CName(this IceTcpCandidateType type) => Lower(type.ToString());

    /// <summary>"udp", "tcp", "tls".</summary>
    public static string ToW3CName(this IceServerTransportProtocol protocol) => Lower(protocol.ToString());

    /// <summary>"all", "relay".</summary>
    public static string ToW3CName(this IceTransportPolicy policy) => Lower(policy.ToString());

    /// <summary>"balanced", "max-compat", "max-bundle".</summary>
    public static string ToW3CName(this BundlePolicy policy) => policy switch
    {
        BundlePolicy.MaxCompat => "max-compat",
        BundlePolicy.MaxBundle => "max-bundle",
        _ => "balanced",
    };

    /// <summary>"require".</summary>
    public static string ToW3CName(this RtcpMuxPolicy policy) => Lower(policy.ToString());

    /// <summary>"data-channel-failure", "dtls-failure", …</summary>
    public static string ToW3CName(this RtcErrorDetail detail) => detail switch
    {
        RtcErrorDetail.DataChannelFailure => "data-channel-failure",
        RtcErrorDetail.DtlsFailure => "dtls-failure",
        RtcErrorDetail.FingerprintFailure => "fingerprint-failure",
        RtcErrorDetail.SctpFailure => "sctp-failure",
        RtcErrorDetail.SdpSyntaxError => "sdp-syntax-error",
        RtcErrorDetail.HardwareEncoderNotAvailable => "hardware-encoder-not-available",
        _ => "hardware-encoder-error",
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
