namespace Parley.Sctp;

/// <summary>What a <see cref="BbrController"/> is doing (draft-ietf-ccwg-bbr, "State Machine").</summary>
internal enum BbrPhase : byte
{
    Startup,
    Drain,

    /// <summary>ProbeBW_DOWN.</summary>
    Down,

    /// <summary>ProbeBW_CRUISE.</summary>
    Cruise,

    /// <summary>ProbeBW_REFILL.</summary>
    Refill,

    /// <summary>ProbeBW_UP.</summary>
    Up,
    ProbeRoundTrip,
}
