namespace Parley.Sctp;

/// <summary>Whether a SACK is owed.</summary>
internal enum SackState : byte
{
    None,

    /// <summary>It may wait for the timer, or for something to travel with.</summary>
    Delayed,

    Now,
}
