using System.Diagnostics;
using Parley.Media;
using Parley.Server;
using Parley.Signaling;

namespace Parley.Samples.Tests;

/// <summary>The README's program, which runs until it is ended: what a caller left behind goes with the caller.</summary>
public class AnswerACallTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task Callers_WhoJoinAndLeave_LeaveNoSocketsBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sockets of another process are counted by /proc.");
        await using var server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        using var sample = Start(server.Address);
        try
        {
            // The first caller waits for the sample to be there.
            await CallAsync(server.Address);
            await UntilAsync(
                () => Task.FromResult(SocketsOf(sample) <= 2), () => $"the sample has {SocketsOf(sample)} sockets after the first caller");
            var most = 0;
            for (var i = 0; i < Rounds; i++)
            {
                most = Math.Max(most, await CallAsync(server.Address, () => SocketsOf(sample)));
            }

            Assert.True(most > 2, "a call takes sockets");
            await UntilAsync(() => Task.FromResult(SocketsOf(sample) <= 2), () =>
                $"the sample has {SocketsOf(sample)} sockets when all callers have left");
            Assert.False(sample.HasExited);
        }
        finally
        {
            sample.Kill();
        }
    }

    /// <summary>Calls the sample, waits until it is seen, and leaves.</summary>
    /// <returns>What was counted during the call.</returns>
    private static async Task<int> CallAsync(Uri address, Func<int>? count = null)
    {
        await using var room = await SignalingClient.JoinAsync(address, "demo", "Caller");
        await using var events = room.ReadEventsAsync().GetAsyncEnumerator();
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience.Limit))
        {
            if (events.Current is PeerJoined { Peer: { Name: "Greeter" } peer })
            {
                await using var connection = new PeerConnection();
                var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                connection.TrackAdded += (_, args) => args.Track.Attach(new Sink(seen));
                await using var negotiation = new PerfectNegotiation(connection, peer.Channel, peer.IsPolite);
                await seen.Task.WaitAsync(Patience.Limit);
                return count?.Invoke() ?? 0;
            }
        }

        throw new InvalidOperationException("The room ended.");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            // Another process's sockets tell nobody that they are gone.
            Assert.True(waiting.Elapsed < Patience.Limit, otherwise());
            await Task.Delay(50);
        }
    }

    private static int SocketsOf(Process process)
    {
        var sockets = 0;
        foreach (var descriptor in Directory.EnumerateFiles($"/proc/{process.Id}/fd"))
        {
            try
            {
                sockets += new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true ? 1 : 0;
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }

        return sockets;
    }

    private static Process Start(Uri address)
    {
        var built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Parley.Samples.Tests"), AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "samples", "AnswerACall", built, "AnswerACall.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, address.ToString()]))!;
    }

    private sealed class Sink(TaskCompletionSource seen) : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => seen.TrySetResult();
    }
}
