using System.Reflection;
using System.Text.RegularExpressions;
using Parley.Dtls;
using Parley.Media;

namespace Parley.Tests;

/// <summary>What docs/w3c-api.md says, and the public types it speaks of.</summary>
internal sealed partial class ApiTable
{
    private const string BeyondTitle = "\n## Beyond W3C\n";

    public ApiTable()
    {
        Root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(Root, "Parley.slnx")))
        {
            Root = Path.GetDirectoryName(Root) ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        var text = File.ReadAllText(Path.Combine(Root, "docs", "w3c-api.md"));
        var beyond = text.IndexOf(BeyondTitle, StringComparison.Ordinal);
        Rows =
            [.. RowPattern().Matches(text[..beyond]).Select(match =>
                new Row(match.Groups[1].Value, match.Groups[2].Value.Trim('`'), match.Groups[3].Value == "yes", match.Groups[4].Value))];
        Beyond = [.. BeyondPattern().Matches(text[beyond..]).Select(match => match.Groups[1].Value)];
    }

    public string Root { get; }

    public IReadOnlyList<Row> Rows { get; }

    /// <summary>What has no counterpart in a browser: types, and members by type.</summary>
    public IReadOnlyList<string> Beyond { get; }

    /// <summary>The types the table names. Media tracks and streams are another specification's.</summary>
    public IReadOnlyList<Type> Types =>
        [.. Rows.Select(row => row.Name.Split('.', '(')[0]).Where(name => name.Length > 0).Distinct().Select(TypeOf).OfType<Type>()];

    public static Type? TypeOf(string name) =>
        new[] { typeof(PeerConnection).Assembly, typeof(DtlsCertificate).Assembly, typeof(MediaStream).Assembly }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .FirstOrDefault(type => type.Name == name);

    /// <summary>Whether a type, a constructor ("Type()") or a member ("Type.Member") is public.</summary>
    public static bool Exists(string name)
    {
        var parts = name.Split('.');
        var type = TypeOf(parts[0].Replace("()", "", StringComparison.Ordinal));
        return type is not null && (parts.Length, name.EndsWith("()", StringComparison.Ordinal)) switch
        {
            (1, true) => type.GetConstructors().Length > 0,
            (1, false) => true,
            _ => type.GetMember(parts[1]).Length > 0,
        };
    }

    /// <summary>The public members a type itself declares, without what the compiler makes of a record or an enum.</summary>
    public static IEnumerable<string> MembersOf(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(member => member is not ConstructorInfo and not MethodInfo { IsSpecialName: true } && member.Name is not "value__")
        .Where(member => !(member is MethodInfo && member.Name is "Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "Deconstruct"))
        .Select(member => $"{type.Name}.{member.Name}")
        .Distinct();

    [GeneratedRegex(@"^\| `([^|]+)`[^|]* \| (`[^|]+`)? ?\| (yes|no) \| ([^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"`([A-Z]\w*(?:\.\w+)?)`")]
    private static partial Regex BeyondPattern();

    /// <summary>
    /// One line: the JavaScript name, the C# name or none, whether it is there, and the test that proves it or the reason why not.
    /// </summary>
    public sealed record Row(string JavaScript, string Name, bool IsThere, string Proof);
}
