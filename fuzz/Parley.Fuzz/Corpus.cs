using System.Security.Cryptography;

namespace Parley.Fuzz;

/// <summary>Inputs in files: those that a target begins with, and those that it failed with.</summary>
internal static class Corpus
{
    /// <summary>The inputs of a target; those that its code makes, if there is no folder.</summary>
    public static List<byte[]> Read(string root, FuzzTarget target)
    {
        var folder = Path.Combine(root, target.Name);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [.. target.Seeds()];
    }

    public static void WriteSeeds(string root, FuzzTarget target)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, target.Name)).FullName;
        var number = 0;
        foreach (var seed in target.Seeds())
        {
            File.WriteAllBytes(Path.Combine(folder, $"seed-{number++:00}"), seed);
        }
    }

    /// <summary>Keeps an input that failed.</summary>
    /// <returns>Its file.</returns>
    public static string WriteFinding(FuzzTarget target, byte[] input, string what)
    {
        var folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("PARLEY_FUZZ_FINDINGS") ?? "fuzz/findings").FullName;
        var file = Path.Combine(folder, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6))}");
        File.WriteAllBytes(file, input);
        File.WriteAllText(file + ".txt", what);
        return file;
    }
}
