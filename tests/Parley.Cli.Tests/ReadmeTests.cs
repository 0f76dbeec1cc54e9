namespace Parley.Cli.Tests;

public class ReadmeTests
{
    [Fact]
    public void Readme_Program_IsTheSampleThatIsBuilt()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Parley.slnx")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        var program = File.ReadAllText(Path.Combine(root, "samples", "AnswerACall", "Program.cs"));
        Assert.Contains(program, File.ReadAllText(Path.Combine(root, "README.md")));
        Assert.InRange(program.Split('\n').Length, 10, 40);
    }
}
