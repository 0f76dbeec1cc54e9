using System.Text;

namespace Parley.Interop.Peers;

/// <summary>docs/interop.md, of which each test project writes its own section.</summary>
public static class InteropPage
{
    private const string Introduction =
        """
        # Interop

        Who Parley has talked with, and what was counted on the way. The test runs themselves write this page
        (`PARLEY_WRITE_DOCS=1 ./test-long Interop`), each test project its own section.
        A line is there because its test passed, with the figures of that run.

        """;

    /// <summary>Whether this run writes it.</summary>
    public static bool IsWritten => Environment.GetEnvironmentVariable("PARLEY_WRITE_DOCS") == "1";

    /// <summary>Replaces a section, or adds it; the others stay as they are.</summary>
    /// <param name="heading">The section's heading.</param>
    /// <param name="text">What stands below it.</param>
    public static void Write(string heading, string text)
    {
        SortedDictionary<string, string> sections = ReadAll();
        sections[heading] = text.Trim('\n');
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach ((string title, string body) in sections)
        {
            page.Append($"\n## {title}\n\n{body}\n");
        }

        File.WriteAllText(Location, page.ToString());
    }

    /// <summary>What stands below a heading; empty when it is not there.</summary>
    public static string Read(string heading) => ReadAll().GetValueOrDefault(heading, "");

    private static string Location => Path.Combine(Repository.Root, "docs", "interop.md");

    private static SortedDictionary<string, string> ReadAll()
    {
        var sections = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string section in File.Exists(Location) ? File.ReadAllText(Location).Split("\n## ").Skip(1) : [])
        {
            int end = section.IndexOf('\n');
            sections[section[..end]] = section[end..].Trim('\n');
        }

        return sections;
    }
}
