using System.Reflection;

namespace Parley.Tests;

public class ApiTableTests
{
    private static readonly ApiTable Table = new();

    [Fact]
    public void Names_InTheTable_Exist()
    {
        Assert.InRange(Table.Rows.Count, 400, 1000);
        var missing = Table.Rows.Select(row => row.Name).Concat(Table.Beyond).Where(name => name.Length > 0 && !ApiTable.Exists(name));
        ExpectNone(missing);
        Assert.DoesNotContain(Table.Rows, row => row.IsThere && row.Name.Length == 0);
    }

    [Fact]
    public void Proofs_InTheTable_AreTestsThatExist()
    {
        // "Class.Method", or "Class" for what all of a class's tests are about.
        var sources = Directory.GetFiles(Path.Combine(Table.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(Path.GetFileNameWithoutExtension)
            .ToDictionary(group => group.Key!, group => string.Concat(group.Select(File.ReadAllText)));
        var wrong = Table.Rows.Where(row => row.IsThere && !IsTest(row.Proof)).Select(row => $"{row.JavaScript}: {row.Proof}");
        ExpectNone(wrong);
        Assert.DoesNotContain(Table.Rows, row => !row.IsThere && row.Proof.Length < 4);

        bool IsTest(string proof)
        {
            var parts = proof.Trim('`').Split('.');
            return sources.TryGetValue(parts[0], out var source)
                && source.Contains($" class {parts[0]}", StringComparison.Ordinal)
                && (parts.Length == 1 || source.Contains($" {parts[1]}(", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void PublicMembers_OfTypesInTheTable_AreInItOrBeyond()
    {
        var known = Table.Rows.Select(row => row.Name).Concat(Table.Beyond).ToHashSet();

        // Statistics carry the names of webrtc-stats; the table has those that are mandatory.
        var types = Table.Types.Where(type => !type.IsSubclassOf(typeof(Parley.Stats)));
        ExpectNone(types.SelectMany(ApiTable.MembersOf).Where(member => !known.Contains(member)));
    }

    [Fact]
    public void PublicTypes_OfTheAssembly_AreInTheTableOrBeyond()
    {
        var known = Table.Types.Select(type => type.Name).Concat(Table.Beyond).ToHashSet();
        ExpectNone(typeof(PeerConnection).Assembly.GetExportedTypes().Select(type => type.Name).Where(name => !known.Contains(name)));
    }

    [Fact]
    public void EnumValues_WithAName_HaveTheNameOfTheTable()
    {
        var compared = 0;
        foreach (var row in Table.Rows.Where(row => row.JavaScript.StartsWith('"') && row.Name.Length > 0))
        {
            var parts = row.Name.Split('.');
            var type = ApiTable.TypeOf(parts[0])!;
            Assert.True(type.IsEnum, row.Name);
            if (typeof(W3CNames).GetMethod(nameof(W3CNames.ToW3CName), BindingFlags.Public | BindingFlags.Static, [type]) is { } toName)
            {
                Assert.Equal(row.JavaScript.Trim('"'), toName.Invoke(null, [Enum.Parse(type, parts[1])]));
                compared++;
            }
        }

        Assert.InRange(compared, 50, 200);
    }

    private static void ExpectNone(IEnumerable<string> names)
    {
        string[] all = [.. names];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
