using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Differential;

/// <summary>
/// <c>cases.json</c>: whole descriptions, and cases that name one with what is replaced in it and added to it (or have a text of their own,
/// <c>sdp</c>).
/// </summary>
public static class CaseFile
{
    /// <summary>Reads all cases.</summary>
    public static IReadOnlyList<DifferentialCase> Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(PathOf("cases.json")));
        Dictionary<string, string> descriptions = file.RootElement.GetProperty("descriptions").EnumerateObject()
            .ToDictionary(each => each.Name, each => string.Concat(each.Value.EnumerateArray().Select(line => $"{line.GetString()}\r\n")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(row => Case(row, descriptions))];
    }

    /// <summary>The differences that have a reason, by the name of the case.</summary>
    public static IReadOnlyDictionary<string, KnownDifference> ReadKnownDifferences()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(PathOf("known-differences.json")));
        return (from row in file.RootElement.EnumerateArray()
                from name in row.GetProperty("cases").EnumerateArray()
                select new KnownDifference(
                    name.GetString()!, Text(row, "chromium")!, Text(row, "parley")!, Text(row, "reason")!)).ToDictionary(each => each.Name);
    }

    /// <summary>The path of a file of this folder.</summary>
    public static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "Parley.Interop.Differential", name);

    private static DifferentialCase Case(JsonElement row, Dictionary<string, string> descriptions)
    {
        string name = Text(row, "name")!;
        string type = Text(row, "type")!;
        string then = Text(row, "then") ?? "";
        bool isCandidate = type == "candidate";
        List<CaseStep> steps = row.TryGetProperty("before", out JsonElement before)
            ? [.. before.EnumerateArray().Select(step => new CaseStep(Text(step, "type")!, Sdp(name, step, descriptions)))]
            : [];
        if (!isCandidate)
        {
            steps.Add(new CaseStep(type, Sdp(name, row, descriptions)));
        }
        else if (Text(row, "of") is { } of)
        {
            // The description whose candidate it is.
            string said = then == "pranswer" ? then : of.EndsWith("-offer", StringComparison.Ordinal) ? "offer" : "answer";
            steps.Add(new CaseStep(said, Sdp(name, row, descriptions)));
        }

        return new DifferentialCase(
            name, Text(row, "offered") ?? "", Text(row, "policy")
                ?? "balanced", isCandidate ? "" : then, steps, isCandidate ? row.GetProperty("candidate").Clone() : null);
    }

    private static string Sdp(string name, JsonElement row, Dictionary<string, string> descriptions)
    {
        if (Text(row, "sdp") is { } whole)
        {
            return whole;
        }

        string sdp = descriptions[Text(row, "of")!];
        foreach (JsonElement pair in Entries(row, "replace"))
        {
            string old = pair[0].GetString()!;
            sdp = sdp.Contains(old, StringComparison.Ordinal)
                ? sdp.Replace(old, pair[1].GetString(), StringComparison.Ordinal)
                : throw new InvalidDataException($"{name} replaces what is not there: {old}");
        }

        return sdp + string.Concat(Entries(row, "add").Select(line => $"{line.GetString()}\r\n"));
    }

    private static IEnumerable<JsonElement> Entries(JsonElement row, string member) =>
        row.TryGetProperty(member, out JsonElement list) ? list.EnumerateArray() : [];

    private static string? Text(JsonElement row, string member) =>
        row.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;
}
