namespace Parley.Server;

/// <summary>What became of an attempt to enter a room.</summary>
internal enum EnterOutcome
{
    /// <summary>The peer is in, and everybody was told.</summary>
    Entered,

    /// <summary>The room has no place left.</summary>
    Full,

    /// <summary>The last peer left in this moment: the room is no more, look for it anew.</summary>
    Gone,
}
