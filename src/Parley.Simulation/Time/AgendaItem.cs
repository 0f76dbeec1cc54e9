namespace Parley.Simulation;

/// <summary>Something that happens at an instant: a timer that fires, a datagram that arrives.</summary>
internal abstract class AgendaItem
{
    /// <summary>When, in nanoseconds.</summary>
    internal long Due { get; set; }

    /// <summary>The order among items of one instant.</summary>
    internal ulong Sequence { get; set; }

    /// <summary>The place in the agenda's heap; -1 when not on the agenda.</summary>
    internal int Position { get; set; } = -1;

    internal abstract void Happen();
}
