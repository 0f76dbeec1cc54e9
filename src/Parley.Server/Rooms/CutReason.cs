namespace Parley.Server;

/// <summary>Why the server gave a peer up.</summary>
internal enum CutReason
{
    /// <summary>More waited for the peer than one peer may keep waiting.</summary>
    SlowReader,

    /// <summary>More waited for all peers than the server holds, and this one kept the most.</summary>
    ServerBudget,

    /// <summary>A write did not end in time: the peer reads nothing, whatever it sends.</summary>
    WriteTimeout,

    /// <summary>It sent too much for too long.</summary>
    Flood,
}
