namespace Parley.Fuzz.Tests;

/// <summary>Each target takes its corpus, and some mutations of it, without a finding. For more there is fuzz/run.</summary>
public class CorpusTests
{
    private const int Mutations = 300;
    private const int MutationsOfSimulations = 20;
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> Targets => [.. TargetList.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_AndMutationsOfIt_AreTaken(string name)
    {
        var target = TargetList.All.Single(each => each.Name == name);
        var corpus = Corpus.Read(Root, target);
        Assert.NotEmpty(corpus);
        foreach (var input in corpus)
        {
            target.Run(input);
        }

        var random = new Random(9);
        var mutator = new Mutator(random, target.LongestInput);
        for (var count = name is "description" or "connection" ? MutationsOfSimulations : Mutations; count > 0; count--)
        {
            target.Run(mutator.Mutate(corpus[random.Next(corpus.Count)], corpus[random.Next(corpus.Count)]));
        }
    }

    [Fact]
    public void Corpus_HasAFolderForEachTargetAndNoOther() => Assert.Equal(
        TargetList.All.Select(target => target.Name).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
