using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley;

/// <summary>The figures of a connection, by id (webrtc-pc §8.3).</summary>
/// <remarks>RTCStatsReport.</remarks>
public sealed class StatsReport : IReadOnlyDictionary<string, Stats>
{
    private readonly Dictionary<string, Stats> _byId;

    internal StatsReport(IEnumerable<Stats> stats) => _byId = stats.ToDictionary(entry => entry.Id);

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _byId.Keys;

    /// <inheritdoc/>
    public IEnumerable<Stats> Values => _byId.Values;

    /// <inheritdoc/>
    public int Count => _byId.Count;

    /// <inheritdoc/>
    public Stats this[string key] => _byId[key];

    /// <summary>The entries of one kind.</summary>
    public IEnumerable<T> OfType<T>()
        where T : Stats => _byId.Values.OfType<T>();

    /// <summary>
    /// The report as a browser's <c>JSON.stringify(Object.fromEntries(report))</c> writes it: an object of the dictionaries of webrtc-stats
    /// by their ids, with their names, the strings of their enumerations, and times in milliseconds. What is null here does not exist
    /// there; what is Parley's own is left out.
    /// </summary>
    /// <param name="indented">Whether for people to read.</param>
    public string ToJson(bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the report as <see cref="ToJson"/> has it.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        foreach (var (id, stats) in _byId)
        {
            writer.WritePropertyName(id);
            stats.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _byId.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Stats value) => _byId.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Stats>> GetEnumerator() => _byId.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
