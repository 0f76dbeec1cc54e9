using System.Collections;
using System.Diagnostics.CodeAnalysis;

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

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _byId.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Stats value) => _byId.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Stats>> GetEnumerator() => _byId.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
