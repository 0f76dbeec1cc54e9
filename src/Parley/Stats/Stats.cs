using System.Text.Json;

namespace Parley;

/// <summary>Figures about one object at one time (webrtc-pc §8.4).</summary>
/// <remarks>RTCStats.</remarks>
public abstract record Stats
{
    /// <summary>Names the object; the same in each report of a connection.</summary>
    public required string Id { get; init; }

    /// <summary>When the figures were taken, by the wall clock.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The RTCStatsType, for example "inbound-rtp".</summary>
    public abstract string Type { get; }

    /// <summary>
    /// Writes the dictionary of webrtc-stats: its names, the strings of its enumerations, times in milliseconds; nothing for what is null,
    /// nor for what is Parley's own.
    /// </summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        StatsJson.Write(writer, this);
    }
}
