namespace Parley.Ice;

/// <summary>Something that happened in an ICE agent; read by <see cref="IceAgent.TryRead"/>.</summary>
public readonly struct IceEvent
{
    private readonly object? _subject;
    private readonly int _value;

    private IceEvent(IceEventKind kind, object? subject, int value)
    {
        Kind = kind;
        _subject = subject;
        _value = value;
    }

    /// <summary>What happened.</summary>
    public IceEventKind Kind { get; }

    /// <summary>The candidate gathered; else null.</summary>
    public IceCandidate? Candidate => _subject as IceCandidate;

    /// <summary>The pair selected; null when the one in use went with its peer, and for other events.</summary>
    public IceCandidatePair? Pair => _subject as IceCandidatePair;

    /// <summary>The error; else null.</summary>
    public IceCandidateError? Error => _subject as IceCandidateError;

    /// <summary>The new gathering state, of <see cref="IceEventKind.GatheringStateChanged"/>.</summary>
    public IceGatheringState GatheringState => (IceGatheringState)_value;

    /// <summary>The new state, of <see cref="IceEventKind.StateChanged"/>.</summary>
    public IceAgentState State => (IceAgentState)_value;

    /// <summary>The new role, of <see cref="IceEventKind.RoleChanged"/>.</summary>
    public IceRole Role => (IceRole)_value;

    internal static IceEvent Gathered(IceCandidate candidate) => new(IceEventKind.CandidateGathered, candidate, 0);

    internal static IceEvent Gathering(IceGatheringState state) => new(IceEventKind.GatheringStateChanged, null, (int)state);

    internal static IceEvent Changed(IceAgentState state) => new(IceEventKind.StateChanged, null, (int)state);

    internal static IceEvent Selected(IceCandidatePair? pair) => new(IceEventKind.SelectedPairChanged, pair, 0);

    internal static IceEvent Named(IceCandidatePair pair) => new(IceEventKind.SelectedPairNamed, pair, 0);

    internal static IceEvent Switched(IceRole role) => new(IceEventKind.RoleChanged, null, (int)role);

    internal static IceEvent Failed(IceCandidateError error) => new(IceEventKind.CandidateError, error, 0);
}
