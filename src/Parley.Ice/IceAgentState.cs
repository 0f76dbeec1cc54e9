namespace Parley.Ice;

/// <summary>The state of an agent.</summary>
/// <remarks>W3C: <c>RTCIceTransportState</c>, https://www.w3.org/TR/webrtc/#rtcicetransportstate.</remarks>
public enum IceAgentState
{
    /// <summary>Gathering, or waiting for the peer's first candidate.</summary>
    New,

    /// <summary>Checks run and no pair is usable yet.</summary>
    Checking,

    /// <summary>A pair is usable; better ones may be found.</summary>
    Connected,

    /// <summary>Gathering has ended on both sides, the checks are done, and a nominated pair carries the data.</summary>
    Completed,

    /// <summary>The pair in use has not answered for <see cref="IceAgentOptions.DisconnectedTimeout"/>; it may come back.</summary>
    Disconnected,

    /// <summary>
    /// No pair has worked for <see cref="IceAgentOptions.UnreachableTimeout"/>, or consent has expired (RFC 7675), and the peer has not
    /// said that there are no more candidates: W3C calls the transport "disconnected", browsers the connection "failed". A late candidate
    /// or check can still help.
    /// </summary>
    Unreachable,

    /// <summary>
    /// No pair worked, or consent has expired, and the peer has no more candidates: only a restart helps, or a check of the peer's.
    /// </summary>
    Failed,

    /// <summary>The agent was closed.</summary>
    Closed,
}
