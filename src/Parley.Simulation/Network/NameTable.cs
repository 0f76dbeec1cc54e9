using System.Net;

namespace Parley.Simulation;

/// <summary>What the virtual network's names stand for.</summary>
public sealed class NameTable
{
    private readonly Simulator _simulator;
    private readonly Dictionary<string, IReadOnlyList<IPAddress>> _entries = new(StringComparer.OrdinalIgnoreCase);

    internal NameTable(Simulator simulator) => _simulator = simulator;

    /// <summary>How long an answer takes. By default 5 ms.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Gives a name its addresses, in place of those it had.</summary>
    public void Set(string name, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(addresses);
        _entries[name] = [.. addresses.Select(IPAddress.Parse)];
    }

    /// <summary>Forgets a name.</summary>
    public void Remove(string name) => _entries.Remove(name);

    internal async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(name, out var literal))
        {
            return [literal];
        }

        await _simulator.Delay(Delay, cancellationToken).ConfigureAwait(false);
        return _entries.TryGetValue(name, out var addresses) ? addresses : [];
    }
}
