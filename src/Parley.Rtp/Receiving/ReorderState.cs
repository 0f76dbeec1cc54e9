namespace Parley.Rtp;

/// <summary>How one sequence number in the reordering window fares.</summary>
internal enum ReorderState : byte
{
    /// <summary>Never heard of.</summary>
    Unknown,

    /// <summary>A later one has come, this one has not.</summary>
    Missing,

    /// <summary>Here, waiting for earlier ones.</summary>
    Stored,

    /// <summary>Handed up.</summary>
    Released,

    /// <summary>Given up on.</summary>
    Skipped,
}
