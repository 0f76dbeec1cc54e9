namespace Parley.Ice;

/// <summary>The state of a candidate pair (RFC 8445 §6.1.2.6).</summary>
public enum IceCandidatePairState
{
    /// <summary>Not checked until another pair of the same foundation has been.</summary>
    Frozen,

    /// <summary>To be checked.</summary>
    Waiting,

    /// <summary>A check is under way.</summary>
    InProgress,

    /// <summary>A check succeeded.</summary>
    Succeeded,

    /// <summary>A check failed.</summary>
    Failed,
}
