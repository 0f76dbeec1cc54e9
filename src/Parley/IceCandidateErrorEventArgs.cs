namespace Parley;

/// <summary>A server could not be used for gathering (webrtc-pc §4.8.3).</summary>
/// <remarks>RTCPeerConnectionIceErrorEvent.</remarks>
public sealed class IceCandidateErrorEventArgs : EventArgs
{
    /// <summary>The error code of a server that could not be reached: 701, outside STUN's range.</summary>
    public const int Unreachable = 701;

    /// <summary>The local address used, when it may be told.</summary>
    public string? Address { get; init; }

    /// <summary>The local port used, when it may be told.</summary>
    public ushort? Port { get; init; }

    /// <summary>The server's URL.</summary>
    public required string Url { get; init; }

    /// <summary>The STUN error code, or 701 when no server could be reached.</summary>
    public required int ErrorCode { get; init; }

    /// <summary>The STUN reason, or a description.</summary>
    public required string ErrorText { get; init; }
}
