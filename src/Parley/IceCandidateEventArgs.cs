namespace Parley;

/// <summary>A local candidate was gathered (webrtc-pc §4.8.2).</summary>
/// <remarks>RTCPeerConnectionIceEvent.</remarks>
/// <param name="candidate">The candidate; null when gathering has ended on all transports; one with an empty
/// <see cref="IceCandidate.Candidate"/> at the end of one generation.</param>
public sealed class IceCandidateEventArgs(IceCandidate? candidate) : EventArgs
{
    /// <summary>The candidate; null when gathering has ended on all transports.</summary>
    public IceCandidate? Candidate { get; } = candidate;

    /// <summary>The URL of the server that the candidate was gathered from; null for others. The candidate has it too.</summary>
    public string? Url => Candidate?.Url;
}
