namespace Parley.Cli.Bench.Soak;

/// <summary>How long a soak lasts and how much it asks of each call.</summary>
internal sealed record SoakPlan
{
    /// <summary>How long data and media flow, by the clock of the platforms.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How many calls at once.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Draws sizes, pauses and events.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The mean pause between two messages of a flow.</summary>
    public TimeSpan MessageInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The largest message, in bytes; most are far smaller.</summary>
    public int MaxMessage { get; init; } = 200_000;

    /// <summary>The time between two frames of a video.</summary>
    public TimeSpan VideoInterval { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The size of a frame of video, in bytes.</summary>
    public int VideoFrame { get; init; } = 3000;

    /// <summary>The mean pause between two events of a call: renegotiations, restarts, channels, readers that stop.</summary>
    public TimeSpan EventInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often everything comes to rest, must have arrived, and the process is measured.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long anything may take that must happen: what is under way arriving, a restart coming to its end.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
