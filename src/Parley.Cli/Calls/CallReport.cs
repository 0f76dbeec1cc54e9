using System.Text.Json.Serialization;

namespace Parley.Cli.Calls;

/// <summary>
/// What <c>parley call --json</c> prints. Times (<c>at</c>) are seconds since <c>started</c>; round-trip times and jitter are in seconds.
/// </summary>
internal sealed record CallReport(
    string Room, string Id, string Name, DateTimeOffset Started, double Seconds, IReadOnlyList<PeerReport> Peers);

/// <summary>One connection with one peer.</summary>
internal sealed record PeerReport
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required bool Polite { get; init; }

    public required int Collisions { get; init; }

    public required StatesReport States { get; init; }

    public CallPath? Path { get; init; }

    /// <summary>Of the selected pair by ICE's checks, else of a track by RTCP.</summary>
    public double? RoundTripTime { get; init; }

    public required IReadOnlyList<TrackReport> Tracks { get; init; }

    public required IReadOnlyList<TransceiverReport> Transceivers { get; init; }

    /// <summary>Each change of a transceiver's negotiated direction, with what had passed by then.</summary>
    public required IReadOnlyList<DirectionEntry> Directions { get; init; }

    public required MessagesReport Messages { get; init; }

    public required IReadOnlyList<string> Recordings { get; init; }

    /// <summary>What could not be recorded; a part of <see cref="Errors"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> RecordingErrors { get; init; } = [];

    public required IReadOnlyList<string> Errors { get; init; }
}

/// <summary>The states passed through.</summary>
internal sealed record StatesReport(
    IReadOnlyList<StateEntry> Signaling, IReadOnlyList<StateEntry> Ice, IReadOnlyList<StateEntry> Gathering,
    IReadOnlyList<StateEntry> Connection);

/// <summary>A transceiver at the end.</summary>
internal sealed record TransceiverReport(string? Mid, string Kind, string Direction, string? CurrentDirection);

/// <summary>A transceiver's direction as negotiated at one time.</summary>
internal sealed record DirectionEntry(double At, string? Mid, string Kind, string CurrentDirection, long PacketsSent, long PacketsReceived);

/// <summary>The messages both ways.</summary>
internal sealed record MessagesReport(int Sent, int Received, IReadOnlyList<MessageEntry> Texts);

/// <summary>One text.</summary>
/// <param name="At">When.</param>
/// <param name="Direction">"sent" or "received".</param>
/// <param name="Channel">The channel's label.</param>
/// <param name="Text">The text.</param>
internal sealed record MessageEntry(double At, string Direction, string Channel, string Text);

/// <summary>The report as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallReport))]
internal sealed partial class CallReportJson : JsonSerializerContext;
