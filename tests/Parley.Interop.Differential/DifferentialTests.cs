using System.Text;
using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Differential;

/// <summary>What Chromium accepts, Parley accepts; what they differ on has a reason that somebody wrote down.</summary>
public sealed class DifferentialTests(Browser browser, InteropReport report)
{
    [Fact]
    public async Task DescriptionsAndCandidates_OfTheField_MeetChromiumsVerdict()
    {
        IReadOnlyList<DifferentialCase> cases = CaseFile.Read();
        IReadOnlyDictionary<string, KnownDifference> known = CaseFile.ReadKnownDifferences();
        CaseVerdict[] chromium = await ChromiumVerdicts.AskAsync(browser, cases);
        CaseVerdict[] parley = await ParleyVerdicts.AskAsync(cases);

        Assert.True(cases.Count >= 500);
        Assert.Equal(cases.Count, cases.DistinctBy(each => each.Name).Count());
        var faults = new StringBuilder();
        faults.AppendJoin(
            "", known.Keys.Except(cases.Select(each => each.Name)).Select(name =>
                $"{JsonSerializer.Serialize(name)} is listed as a difference, but is no case.\n"));
        foreach ((DifferentialCase each, CaseVerdict theirs, CaseVerdict ours) in cases.Zip(chromium, parley))
        {
            bool listed = known.TryGetValue(each.Name, out KnownDifference? difference);
            if (theirs.Verdict == "BEFORE-REFUSED")
            {
                faults.Append($"{each.Name} tests nothing: Chromium refuses what comes before ({theirs.Error}).\n");
            }
            else if (listed ? (difference!.Chromium, difference.Parley) != (theirs.Verdict, ours.Verdict) : theirs.Verdict != ours.Verdict)
            {
                string what = theirs.Verdict == ours.Verdict ? "LISTED, BUT NO LONGER A DIFFERENCE"
                    : listed ? "DIFFERS OTHERWISE THAN LISTED"
                    : "NOT LISTED";
                faults.Append(
                    $"{what} {JsonSerializer.Serialize(each.Name)}: Chromium {theirs.Verdict} ({theirs.Error}), "
                    + $"Parley {ours.Verdict} ({ours.Error})\n");
            }
        }

        Assert.True(faults.Length == 0, faults.ToString());
        report.Add(
            $"Chromium {browser.Version}",
            "descriptions and candidates of the field: the same verdict",
            $"{cases.Count} cases, {known.Count} differences with a reason");
    }
}
