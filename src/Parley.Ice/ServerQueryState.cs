namespace Parley.Ice;

/// <summary>How far a <see cref="ServerQuery"/> is.</summary>
internal enum ServerQueryState
{
    /// <summary>Not sent yet.</summary>
    Waiting,

    /// <summary>Sent.</summary>
    InProgress,

    /// <summary>The server has answered.</summary>
    Answered,

    /// <summary>The server has refused or not answered.</summary>
    Ended,
}
