namespace Parley.Cli.Calls;

/// <summary>What a call shall send, say and keep.</summary>
internal sealed record CallOptions
{
    /// <summary>The sound to send; null for none.</summary>
    public MediaInput? Audio { get; init; }

    /// <summary>The pictures to send; null for none.</summary>
    public MediaInput? Video { get; init; }

    /// <summary>The directory of the recordings; null for none.</summary>
    public string? RecordDirectory { get; init; }

    /// <summary>What is said to each peer once it can hear it.</summary>
    public IReadOnlyList<string> Say { get; init; } = [];
}
