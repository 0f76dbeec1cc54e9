using System.Text;
using System.Text.RegularExpressions;
using Parley.Interop.Peers;

[assembly: AssemblyFixture(typeof(Parley.Interop.Matrix.MatrixReport))]

namespace Parley.Interop.Matrix;

/// <summary>
/// What each step with each peer in each role came to. With PARLEY_WRITE_DOCS=1 the end of the run writes it into docs/interop.md, in the
/// place of the rows that are there for the same peers and roles; rows of a peer in another version go. So the matrix can be run in parts.
/// </summary>
public sealed partial class MatrixReport : IDisposable
{
    private const string Heading = "The matrix: one call with every peer";

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

        KeepOthers(InteropPage.Read(Heading));
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (((string peer, string role, Step step), string result) in _rows)
        {
            text.Append($"| {peer} | {role} | {Words(step)} | {result} |\n");
        }

        InteropPage.Write(Heading, text.ToString());
    }

    /// <summary>The step's name as words.</summary>
    public static string Words(Step step) =>
        Capital().Replace($"{step}", " $0").TrimStart().ToLowerInvariant().Replace("parley", "Parley", StringComparison.Ordinal);

    // Rows of earlier runs, but for the calls of this one and for peers that this one met in another version.
    private void KeepOthers(string before)
    {
        var calls = _rows.Keys.Select(row => (row.Peer, row.Role)).ToHashSet();
        Dictionary<string, string> versions = calls.Select(call => call.Peer).Distinct().ToDictionary(Unversioned);
        Dictionary<string, Step> steps = Enum.GetValues<Step>().ToDictionary(Words);
        foreach (string[] cells in before.Split('\n').Select(line => line.Trim('|', ' ').Split(" | ", 4)))
        {
            if (cells is [var peer, var role, var words, var result]
                && steps.TryGetValue(words, out Step step)
                && versions.GetValueOrDefault(Unversioned(peer), peer) == peer
                && !calls.Contains((peer, role)))
            {
                _rows[(peer, role, step)] = result;
            }
        }
    }

    private static string Unversioned(string peer) => Digits().Replace(peer, "");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
