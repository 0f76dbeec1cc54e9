namespace Parley.Signaling;

/// <summary>What one peer says to another: a description, or a candidate.</summary>
public sealed record SignalingMessage
{
    private SignalingMessage(SessionDescription? description, IceCandidateInit? candidate)
    {
        Description = description;
        Candidate = candidate;
    }

    /// <summary>The description, or null when the message is about a candidate.</summary>
    public SessionDescription? Description { get; }

    /// <summary>The candidate; null beside a null <see cref="Description"/> says that there are no more.</summary>
    public IceCandidateInit? Candidate { get; }

    /// <summary>A message with a description.</summary>
    public static SignalingMessage Of(SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return new SignalingMessage(description, null);
    }

    /// <summary>A message with a candidate, or with null the end of the candidates.</summary>
    public static SignalingMessage Of(IceCandidateInit? candidate) => new(null, candidate);
}
