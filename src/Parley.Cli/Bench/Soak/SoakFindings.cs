namespace Parley.Cli.Bench.Soak;

/// <summary>What went wrong. Any thread adds; the first of each kind are kept, the rest is counted.</summary>
internal sealed class SoakFindings
{
    private const int MostKept = 50;
    private readonly Lock _gate = new();
    private readonly List<string> _kept = [];

    /// <summary>How many there are, those included that were not kept.</summary>
    public int Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> Kept
    {
        get
        {
            lock (_gate)
            {
                return [.. _kept];
            }
        }
    }

    public void Add(string finding)
    {
        lock (_gate)
        {
            Count++;
            if (_kept.Count < MostKept)
            {
                _kept.Add(finding);
            }
        }
    }
}
