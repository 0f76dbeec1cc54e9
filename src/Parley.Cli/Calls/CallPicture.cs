using Spectre.Console;
using Spectre.Console.Rendering;

namespace Parley.Cli.Calls;

/// <summary>The peers of a call as a terminal shows them: a table where there is room for one, else lines.</summary>
internal static class CallPicture
{
    // Two addresses with their ports take half of it.
    private const int TableWidth = 110;

    public static IRenderable Of(IReadOnlyList<CallRow> rows, int width) => width >= TableWidth ? TableOf(rows) : LinesOf(rows, width);

    /// <summary>A line no wider than the terminal, its end replaced by an ellipsis.</summary>
    public static IRenderable Line(string text, int width, Style? style = null)
    {
        text = Printable.Of(text);
        while (Cells(text) > width && text.Length > 1)
        {
            text = text.TrimEnd('…')[..^1] + "…";
        }

        return new Text(text, style);
    }

    private static int Cells(string text) => new Segment(text).CellCount();

    private static Table TableOf(IReadOnlyList<CallRow> rows)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumns("peer", "state", "path", "track", "rate", "lost", "rtt");
        foreach (CallRow row in rows)
        {
            string path = row.Remote.Length > 0 ? $"{row.Local} ⇄ {row.Remote}" : row.Local;
            table.AddRow(Texts(row.Peer, string.Join(" · ", row.States), path, "", "", "", row.RoundTripTime));
            foreach (TrackRow track in row.Tracks)
            {
                table.AddRow(Texts("", "", "", track.Name, track.Rate, track.Lost, track.RoundTripTime));
            }
        }

        return table;
    }

    private static Rows LinesOf(IReadOnlyList<CallRow> rows, int width)
    {
        var lines = new List<IRenderable>();
        foreach (CallRow row in rows)
        {
            lines.Add(Line($"{row.Peer} {row.States[0]} {row.RoundTripTime}", width, new Style(decoration: Decoration.Bold)));
            lines.Add(Line("  " + string.Join(" · ", row.States.Skip(1)), width));
            lines.Add(Line("  " + row.Local, width));
            if (row.Remote.Length > 0)
            {
                lines.Add(Line("  ⇄ " + row.Remote, width));
            }

            lines.AddRange(
                row.Tracks.Select(track => Line($"  {track.Name,-16} {track.Rate,11} {track.Lost,4} lost {track.RoundTripTime}", width)));
        }

        return new Rows(lines);
    }

    // Never as markup: names and texts are strangers'.
    private static IRenderable[] Texts(params IEnumerable<string> texts) => [.. texts.Select(text => new Text(Printable.Of(text)))];
}
