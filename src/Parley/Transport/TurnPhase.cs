namespace Parley;

/// <summary>The parts of a turn, in their order.</summary>
internal enum TurnPhase
{
    /// <summary>What was asked for is done.</summary>
    Commands,

    /// <summary>What has arrived is taken in.</summary>
    Receive,

    /// <summary>What is due by time is done.</summary>
    Advance,

    /// <summary>What shall be sent leaves.</summary>
    Transmit,
}
