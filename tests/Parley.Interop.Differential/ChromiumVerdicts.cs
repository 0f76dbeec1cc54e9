using System.Text.Json;
using Microsoft.Playwright;
using Parley.Interop.Peers;

namespace Parley.Interop.Differential;

/// <summary>Asks Chromium, by <c>verdicts.js</c>.</summary>
public static class ChromiumVerdicts
{
    // A page holds so many connections until its next garbage collection; Chromium refuses to make more than 500.
    private const int CasesOfAPage = 400;

    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <summary>The verdicts, in the order of the cases.</summary>
    public static async Task<CaseVerdict[]> AskAsync(Browser browser, IReadOnlyList<DifferentialCase> cases)
    {
        var verdicts = new List<CaseVerdict>();
        foreach (DifferentialCase[] some in cases.Chunk(CasesOfAPage))
        {
            IPage page = await browser.OpenBlankAsync();
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = CaseFile.PathOf("verdicts.js") });
            string asked = JsonSerializer.Serialize(some.Select(Question));
            string json = await page.EvaluateAsync<string>("async (cases) => JSON.stringify(await verdictsOf(JSON.parse(cases)))", asked);
            verdicts.AddRange(JsonSerializer.Deserialize<CaseVerdict[]>(json, Camel)!);
            await page.Context.CloseAsync();
        }

        return [.. verdicts];
    }

    // An absent candidate is not a null one, which is the end of candidates.
    private static Dictionary<string, object?> Question(DifferentialCase each)
    {
        var question = new Dictionary<string, object?>
        {
            ["offered"] = each.Offered,
            ["policy"] = each.Policy,
            ["then"] = each.Then,
            ["steps"] = each.Steps.Select(step => new { type = step.Type, sdp = step.Sdp }),
        };
        if (each.Candidate is { } candidate)
        {
            question["candidate"] = candidate;
        }

        return question;
    }
}
