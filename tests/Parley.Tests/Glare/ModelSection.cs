namespace Parley.Tests.Glare;

/// <summary>What the model reads in one section of a description, with an eye of its own: not the library's parser.</summary>
internal sealed record ModelSection(string Kind, string Mid, bool IsRejected, bool Sends, bool Receives, IReadOnlyList<string> StreamIds)
{
    public static ModelSection[] ReadFrom(string sdp) => [.. sdp.Split("\r\nm=").Skip(1).Select(Read)];

    private static ModelSection Read(string text)
    {
        var lines = text.Split("\r\n");
        var first = lines[0].Split(' ');
        var rejected = first[1] == "0" && !lines.Contains("a=bundle-only");
        string[] streams =
            [.. lines.Where(line => line.StartsWith("a=msid:", StringComparison.Ordinal)).Select(line => line[7..].Split(' ')[0])
                .Where(id => id != "-").Distinct()];
        return new ModelSection(
            first[0],
            lines.Single(line => line.StartsWith("a=mid:", StringComparison.Ordinal))[6..],
            rejected,
            !rejected && !lines.Contains("a=recvonly") && !lines.Contains("a=inactive"),
            !rejected && !lines.Contains("a=sendonly") && !lines.Contains("a=inactive"),
            streams);
    }
}
