using System.Reflection;
using System.Text;

[assembly: AssemblyFixture(typeof(Parley.Interop.Peers.InteropReport))]

namespace Parley.Interop.Peers;

/// <summary>What was proved with whom. With PARLEY_WRITE_DOCS=1 the end of the run writes it into docs/interop.md.</summary>
public sealed class InteropReport : IDisposable
{
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
        if (!InteropPage.IsWritten || _lines.Count == 0)
        {
            return;
        }

        var table = new StringBuilder("| peer | flow | result |\n| --- | --- | --- |\n");
        foreach ((string peer, string flow, string result) in _lines)
        {
            table.Append($"| {peer} | {flow} | {result} |\n");
        }

        InteropPage.Write($"Flows of {Assembly.GetExecutingAssembly().GetName().Name}", table.ToString());
    }
}
