using System.Globalization;
using Parley.Fuzz;

// run SECONDS [TARGET…] · instrument DIRECTORY · seeds [TARGET…] · try TARGET FILE · list
var corpus = Environment.GetEnvironmentVariable("PARLEY_FUZZ_CORPUS") ?? "fuzz/corpus";
switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join('\n', TargetList.All.Select(target => target.Name)));
        return 0;
    case ["instrument", var directory]:
        return Instrumentation.Instrument(directory);
    case ["seeds", .. var names]:
        foreach (var target in Chosen(names))
        {
            Corpus.WriteSeeds(corpus, target);
        }

        return 0;
    case ["try", var name, var file]:
        Chosen([name]).Single().Run(File.ReadAllBytes(file));
        return 0;
    case ["run", var seconds, .. var names]:
        var findings = 0;
        foreach (var target in Chosen(names))
        {
            findings += new Driver(target, corpus).Run(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        }

        Console.WriteLine(findings == 0 ? "fuzz: nothing found" : $"fuzz: {findings} findings");
        return findings == 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("parley-fuzz: run SECONDS [TARGET…] | instrument DIRECTORY | seeds [TARGET…] | try TARGET FILE | list");
        return 2;
}

static IReadOnlyList<FuzzTarget> Chosen(IReadOnlyList<string> names)
{
    if (names.Except(TargetList.All.Select(target => target.Name)).FirstOrDefault() is { } unknown)
    {
        throw new ArgumentException($"There is no target {unknown}.");
    }

    return names.Count == 0 ? TargetList.All : [.. TargetList.All.Where(target => names.Contains(target.Name))];
}
