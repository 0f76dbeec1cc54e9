namespace Parley.Tests;

/// <summary>.editorconfig: no line of C# has more than 140 characters.</summary>
public class LineLengthTests
{
    private const int Most = 140;

    [Fact]
    public void Lines_OfTheWholeTree_AreAtMost140CharactersLong()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Parley.slnx")))
        {
            root = root.Parent;
        }

        Assert.NotNull(root);
        var files = new[] { "src", "tests", "samples", "fuzz", "bench" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root.FullName, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root.FullName, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"))
            .ToArray();
        Assert.True(files.Length > 500, $"Only {files.Length} files were found.");
        var tooLong =
            from file in files
            from line in File.ReadLines(Path.Combine(root.FullName, file)).Index()
            where line.Item.Length > Most
            select $"{file}:{line.Index + 1} has {line.Item.Length}";
        Assert.Empty(tooLong);
    }
}
