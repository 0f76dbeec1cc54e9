using System.Diagnostics;

namespace Parley.Samples.Tests;

/// <summary>
/// Each sample as a reader starts it, in a process of its own. A sample checks itself: its exit code is 0 only when the call did what it
/// says.
/// </summary>
public class SampleTests
{
    // What one object tells of one thing comes in order; nothing else does, so each list is of one of these, or the program's.
    public static TheoryData<string, string[]> Samples => new()
    {
        { "Trickle", ["alice found candidate:", "alice found all there is", "bob heard \"hello\""] },
        { "Trickle", ["bob found candidate:", "bob found all there is"] },
        { "AllCandidatesAtOnce", ["alice's description says:", "a=candidate:", "a=end-of-candidates", "bob heard \"hello\""] },
        { "States",
            [
                "alice signaling: have-local-offer", "alice signaling: stable",
                "alice closed: signaling closed, ice closed, connection closed",
            ] },
        { "States", ["alice gathering: gathering", "alice gathering: complete"] },
        { "States", ["alice ice: checking", "alice ice: connected"] },
        { "States", ["alice connection: connecting", "alice connection: connected"] },
        { "States", ["bob signaling: have-remote-offer", "bob signaling: stable"] },
        { "States", ["bob connection: connecting", "bob connection: connected"] },
        { "States", ["alice's ice transport: checking", "alice's ice transport: connected"] },
        { "States", ["alice's dtls transport: connecting", "alice's dtls transport: connected"] },
        { "Tracks",
            [
                "bob: track Audio of stream alice-at-home, muted: True", "bob: track Video of stream alice-at-home, muted: True",
                "alice takes her video away", "bob: Video left stream alice-at-home, which has 1 track",
            ] },

        // Frames do not wait for the events of the connection.
        { "Tracks", ["bob: Audio flows"] },
        { "Tracks", ["bob: 10 frames of opus", "alice takes her video away"] },
        { "Tracks", ["bob: Video flows", "bob: Video is muted"] },
        { "Tracks", ["bob: 10 frames of VP8", "bob: Video is muted"] },
        { "NegotiationNeeded",
            [
                "a data channel", "round 1", "a track", "round 2", "a direction", "round 3", "an ICE restart", "round 4", "a stop",
                "round 5", "5 rounds, 0 transceivers left",
            ] },
        { "Hold",
            [
                "bob hears alice's voice", "alice hears bob's voice", "negotiated: alice sendonly, bob recvonly", "bob hears the music",
                "alice is sent nothing, muted: True", "negotiated: alice sendrecv, bob sendrecv", "bob hears alice's voice",
                "alice hears bob's voice",
            ] },
        { "Rollback",
            [
                "alice offers", "alice is have-local-offer", "alice is stable", "the rollback took the mid", "the rollback took it away",
                "bob's video waits", "both have two sections",
            ] },
        { "PendingAndCurrent",
            [
                "after offer:", "alice pending local offer, remote -;", "after pranswer:", "alice pending local offer, remote pranswer;",
                "after answer:", "current local offer, remote answer", "after rollback:",
            ] },
        { "Glare", ["alice, polite: have-local-offer", "alice, polite: have-remote-offer", "the offers crossed"] },
        { "DataChannels", ["bob is asked: what are the first primes?", "alice is told: 2 3 5 7", "bob has 3276800 bytes of the file"] },
        { "Statistics", ["audio as audio/opus:", "video as video/VP8:", "by 127.0.0.1:", "of the audio sender alone: "] },
    };

    public static TheoryData<string> Names => [.. Samples.Select(row => row.Data.Item1).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sample_Run_DoesWhatItSays(string sample)
    {
        var output = await RunAsync(sample);
        foreach (var row in Samples.Where(row => row.Data.Item1 == sample))
        {
            var from = 0;
            foreach (var line in row.Data.Item2)
            {
                var at = output.IndexOf(line, from, StringComparison.Ordinal);
                Assert.True(at >= 0, $"'{line}' is missing, or not in its place, in what {sample} said:\n{output}");
                from = at + line.Length;
            }
        }
    }

    [Fact]
    public void Samples_AllOfThem_AreRun()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "samples")).Select(Path.GetFileName)
            .Where(name => name != "AnswerACall" && File.Exists(Path.Combine(Repository.Root, "samples", name!, "Program.cs")));
        Assert.Equal(folders.Order(), Samples.Select(row => row.Data.Item1).Distinct().Order());
    }

    private static async Task<string> RunAsync(string sample)
    {
        // bin/Release/net10.0 of the tests is bin/Release/net10.0 of the sample.
        var built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Parley.Samples.Tests"), AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "samples", sample, built, $"{sample}.dll");
        using var process =
            Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience.Limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"{sample} does not end. It said:\n{await output}\n{await error}");
        }

        Assert.True(process.ExitCode == 0, $"{sample} ended with {process.ExitCode}. It said:\n{await output}\n{await error}");
        return await output;
    }
}
