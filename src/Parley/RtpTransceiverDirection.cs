namespace Parley;

/// <summary>Which way media goes, or shall go (webrtc-pc §5.4).</summary>
/// <remarks>RTCRtpTransceiverDirection.</remarks>
public enum RtpTransceiverDirection
{
    /// <summary>Both ways.</summary>
    SendRecv,

    /// <summary>Outwards only.</summary>
    SendOnly,

    /// <summary>Inwards only.</summary>
    RecvOnly,

    /// <summary>Neither way.</summary>
    Inactive,

    /// <summary>Never again.</summary>
    Stopped,
}
