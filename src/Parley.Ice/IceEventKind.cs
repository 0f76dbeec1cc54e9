namespace Parley.Ice;

/// <summary>What an <see cref="IceEvent"/> tells.</summary>
public enum IceEventKind
{
    /// <summary>A local candidate was found: <see cref="IceEvent.Candidate"/>.</summary>
    CandidateGathered,

    /// <summary>Gathering began or ended: <see cref="IceEvent.GatheringState"/>.</summary>
    GatheringStateChanged,

    /// <summary>The agent's state changed: <see cref="IceEvent.State"/>.</summary>
    StateChanged,

    /// <summary>Data goes another way: <see cref="IceEvent.Pair"/>; none when another peer took the place of the one before.</summary>
    SelectedPairChanged,

    /// <summary>
    /// Signaling, or a server, has named an address of the selected pair that only checks had shown: <see cref="IceEvent.Pair"/>, the same
    /// as before, has another candidate (RFC 8838 §11).
    /// </summary>
    SelectedPairNamed,

    /// <summary>A role conflict was resolved by changing ours: <see cref="IceEvent.Role"/>.</summary>
    RoleChanged,

    /// <summary>A server gave no candidate: <see cref="IceEvent.Error"/>.</summary>
    CandidateError,
}
