using System.Text;
using System.Text.RegularExpressions;
using Parley.Interop.Peers;

[assembly: AssemblyFixture(typeof(Parley.Interop.Matrix.MatrixReport))]

namespace Parley.Interop.Matrix;

/// <summary>
/// What each step with each peer in each role came to. With PARLEY_WRITE_DOCS=1 the end of the run writes it into docs/interop.md.
/// </summary>
public sealed partial class MatrixReport : IDisposable
{
    private const string Introduction =
        """
        One scripted call with each peer, in each role: whether the peer offers or answers first, and whether it is the polite one when
        offers cross. From the first step on, every change is made from either side, so that each side is offerer and answerer in one call.

        | peer | the peer's role | step | result |
        | --- | --- | --- | --- |

        """;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Peer, string Role, Step Step), string> _rows = [];

    /// <summary>Notes a step that was proved, or is impossible.</summary>
    public void Add(string peer, CallRole role, Step step, string result)
    {
        lock (_gate)
        {
            _rows[(peer, role.ToString(), step)] = result;
        }
    }

    public void Dispose()
    {
        if (!InteropPage.IsWritten || _rows.Count == 0)
        {
            return;
        }

        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (((string peer, string role, Step step), string result) in _rows)
        {
            text.Append($"| {peer} | {role} | {Words(step)} | {result} |\n");
        }

        InteropPage.Write("The matrix: one call with every peer", text.ToString());
    }

    /// <summary>The step's name as words.</summary>
    public static string Words(Step step) =>
        Capital().Replace($"{step}", " $0").TrimStart().ToLowerInvariant().Replace("parley", "Parley", StringComparison.Ordinal);

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
