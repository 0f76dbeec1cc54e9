using System.Text;

[assembly: AssemblyFixture(typeof(Parley.Interop.Peers.InteropReport))]

namespace Parley.Interop.Peers;

/// <summary>What was proved with whom. With PARLEY_WRITE_DOCS=1 the end of the run writes it as docs/interop.md.</summary>
public sealed class InteropReport : IDisposable
{
    private const string Begin =
        """
        # Interop

        Who Parley has talked with, and what was counted on the way. This page is written by the test run itself
        (`PARLEY_WRITE_DOCS=1 ./test Interop`); a line is there because its test passed, with the figures of that run.

        | peer | flow | result |
        | --- | --- | --- |

        """;

    private readonly Lock _gate = new();
    private readonly SortedSet<(string Peer, string Flow, string Result)> _lines = [];

    /// <summary>Notes a flow that was proved: the last thing a test does.</summary>
    /// <param name="peer">The peer with its version.</param>
    /// <param name="flow">What was done.</param>
    /// <param name="result">What was counted.</param>
    public void Add(string peer, string flow, string result)
    {
        lock (_gate)
        {
            _lines.RemoveWhere(line => line.Peer == peer && line.Flow == flow);
            _lines.Add((peer, flow, result));
        }
    }

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("PARLEY_WRITE_DOCS") != "1")
        {
            return;
        }

        var page = new StringBuilder(Begin.ReplaceLineEndings("\n"));
        foreach ((string peer, string flow, string result) in _lines)
        {
            page.Append($"| {peer} | {flow} | {result} |\n");
        }

        File.WriteAllText(Path.Combine(Repository.Root, "docs", "interop.md"), page.ToString());
    }
}
