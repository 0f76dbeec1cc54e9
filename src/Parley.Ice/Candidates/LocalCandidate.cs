namespace Parley.Ice;

/// <summary>A local candidate with its base.</summary>
internal sealed class LocalCandidate(IceCandidate candidate, LocalBase @base)
{
    public IceCandidate Candidate { get; } = candidate;

    public LocalBase Base { get; } = @base;
}
