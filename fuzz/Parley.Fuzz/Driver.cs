using System.Diagnostics;

namespace Parley.Fuzz;

/// <summary>
/// Fuzzes one target in this process: an input that takes a branch, or a number of turns, that none has taken before is kept and mutated
/// further. The seed of the random numbers is fixed, so a run on an idle machine can be repeated; the time bounds how far it comes.
/// </summary>
internal sealed class Driver(FuzzTarget target, string corpus)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hangs = TimeSpan.FromSeconds(120);
    private readonly Random _random = new(20_261_201);
    private readonly Coverage _coverage = new();
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<string> _known = [];
    private volatile byte[] _running = [];
    private long _begun;

    /// <summary>Runs for some time and says what was found.</summary>
    /// <returns>How many different findings there were.</returns>
    public int Run(TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var executions = 0L;
        using var watch = new Timer(_ => Watch(), null, Hangs, Hangs / 4);
        foreach (var seed in Corpus.Read(corpus, target))
        {
            Try(seed);
            _kept.Add(seed);
            executions++;
        }

        var mutator = new Mutator(_random, target.LongestInput);
        while (clock.Elapsed < duration)
        {
            var input = mutator.Mutate(Pick(), Pick());
            executions++;
            if (Try(input))
            {
                _kept.Add(input);
            }
        }

        Console.WriteLine(
            $"{target.Name}: {executions} inputs in {clock.Elapsed.TotalSeconds:0} s, {_coverage.Count} counters, "
            + $"{_kept.Count} kept, {_known.Count} findings"
            + (_coverage.Count == 0 ? " (not instrumented: blind)" : ""));
        return _known.Count;
    }

    // The newest are the most promising.
    private byte[] Pick() => _kept.Count == 0
        ? []
        : _kept[_random.Next(2) == 0 ? _random.Next(_kept.Count) : _kept.Count - 1 - _random.Next(Math.Min(_kept.Count, 16))];

    private bool Try(byte[] input)
    {
        _running = input;
        Interlocked.Exchange(ref _begun, Stopwatch.GetTimestamp());
        Coverage.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception error)
        {
            Report(input, Signature(error), error.ToString());
        }

        var isNew = _coverage.TakeNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > target.MostAllocated)
        {
            Report(input, "memory", $"{allocated} bytes allocated for {input.Length}");
        }

        if (Stopwatch.GetElapsedTime(Interlocked.Exchange(ref _begun, 0)) > Longest)
        {
            Report(input, "time", $"more than {Longest.TotalSeconds} s for {input.Length} bytes");
        }

        return isNew;
    }

    // What is the same fault: the exception, and where in the library it was thrown.
    private static string Signature(Exception error) =>
        error.GetType().Name
            + string.Concat(
                new StackTrace(error).GetFrames().Take(3).Select(frame =>
                    $" {frame.GetMethod()?.DeclaringType?.Name}.{frame.GetMethod()?.Name}"));

    private void Report(byte[] input, string signature, string what)
    {
        if (_known.Add(signature))
        {
            Console.Error.WriteLine(
                $"{target.Name}: FOUND {signature}\n  {Corpus.WriteFinding(target, input, what)}\n  {what.ReplaceLineEndings("\n  ")}");
        }
    }

    private void Watch()
    {
        var begun = Interlocked.Read(ref _begun);
        if (begun != 0 && Stopwatch.GetElapsedTime(begun) > Hangs)
        {
            Report(_running, "hangs", $"no end within {Hangs.TotalSeconds} s");
            Environment.Exit(1);
        }
    }
}
