using System.Text.RegularExpressions;

namespace Parley.Samples.Tests;

/// <summary>What docs/from-javascript.md shows of a sample is what the sample is.</summary>
public partial class FromJavaScriptTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "from-javascript.md"));

    [Fact]
    public void Pieces_OfEachSection_AreCutFromTheSampleItNames()
    {
        var pieces = 0;
        foreach (var section in Document.Split("\n## ").Skip(1))
        {
            var sample = SampleLink().Match(section);
            foreach (Match code in CSharp().Matches(section))
            {
                Assert.True(sample.Success, $"A section with C# names no sample: {section}");
                var program = Plain(File.ReadAllText(Path.Combine(Repository.Root, "samples", sample.Groups[1].Value, "Program.cs")));

                // A blank line may stand for what was left out between two cuts.
                foreach (var piece in code.Groups[1].Value.Split("\n\n"))
                {
                    Assert.True(
                        program.Contains(Plain(piece), StringComparison.Ordinal), $"{sample.Groups[1].Value} does not have:\n{piece}");
                    pieces++;
                }
            }
        }

        Assert.InRange(pieces, 11, 100);
    }

    [Fact]
    public void Samples_AllOfThem_AreShownBesideTheirJavaScript()
    {
        foreach (var sample in SampleTests.Samples.Select(row => row.Data.Item1).Distinct())
        {
            var section = Document.Split("\n## ").Single(section =>
                section.Contains($"(../samples/{sample}/Program.cs)", StringComparison.Ordinal));
            Assert.Contains("```js\n", section);
            Assert.Contains("```csharp\n", section);
        }
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex(@"\(\.\./samples/(\w+)/Program\.cs\)")]
    private static partial Regex SampleLink();

    [GeneratedRegex(@"```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
