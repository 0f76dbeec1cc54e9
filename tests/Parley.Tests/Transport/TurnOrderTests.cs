using Parley.Media;
using Parley.Net;

namespace Parley.Tests.Transport;

/// <summary>
/// What a turn of the loop makes visible is queued before that turn's packets leave: on a context that both peers share, nobody can see the
/// packet's effect first.
/// </summary>
public class TurnOrderTests
{
    [Fact]
    public void BufferedAmount_FallsBeforeTheMessageLeaves() => Run(async (pair, log) =>
    {
        var channel = pair.Alice.CreateDataChannel("words");
        var open = new TaskCompletionSource();
        channel.Opened += (_, _) => open.TrySetResult();
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await open.Task;
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));

        // Once by a turn of the loop, and once, after an answer, on the caller's thread.
        for (var i = 0; i < 2; i++)
        {
            log.Clear();
            var low = new TaskCompletionSource();
            channel.BufferedAmountLow += (_, _) => low.TrySetResult();
            channel.Send(new byte[i == 0 ? 20_000 : 10]);
            await low.Task;
            Assert.Equal("post", log[0]);
            Assert.Contains("large", log);
            Assert.Equal(0, channel.BufferedAmount);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        }
    }, largeFrom: 60);

    [Fact]
    public async Task Checking_AfterAPeersCheck_IsPostedBeforeTheResponseLeaves()
    {
        // Real sockets: their turns run on the thread that finds them readable. Bob has Alice's credentials but none of her candidates: her
        // check is the first he hears of her.
        var log = new List<string>();
        await using var alice = new PeerConnection(platform: Platform.Loopback);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new PostLog(new SynchronizationContext(), log));
        await using var bob = new PeerConnection(
            platform: Platform.Loopback with
            {
                Network = new TappedNetwork(
                    Platform.Loopback.Network, datagram => Note(log, datagram is [1, 1, ..] ? "response" : "other")),
            });
        SynchronizationContext.SetSynchronizationContext(before);
        alice.AddTransceiver(MediaKind.Audio);
        await alice.SetLocalDescriptionAsync();
        await bob.SetRemoteDescriptionAsync(WithoutCandidates(alice.LocalDescription!));
        await bob.SetLocalDescriptionAsync();
        var gathered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bob.IceCandidateGathered += (_, args) => _ = args.Candidate is null && gathered.TrySetResult();
        if (bob.IceGatheringState != IceGatheringState.Complete)
        {
            await gathered.Task.WaitAsync(Patience.Limit);
        }

        // A report is a task of Bob's like others: after it, those of gathering are over.
        await bob.GetStatsAsync();
        lock (log)
        {
            log.Clear();
        }

        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        alice.IceConnectionStateChanged += (_, _) =>
            _ = alice.IceConnectionState is IceConnectionState.Connected or IceConnectionState.Completed && connected.TrySetResult();
        await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
        await connected.Task.WaitAsync(Patience.Limit);
        lock (log)
        {
            Assert.Contains("response", log);
            Assert.True(log.IndexOf("post") < log.IndexOf("response"), string.Join(", ", log));
        }
    }

    private static void Note(List<string> log, string entry)
    {
        lock (log)
        {
            log.Add(entry);
        }
    }

    private static SessionDescription WithoutCandidates(SessionDescription description) => description with
    {
        Sdp =
            string.Concat(
                description.Sdp.Split("\r\n")
                    .Where(line =>
                        line.Length > 0 && !line.StartsWith("a=candidate", StringComparison.Ordinal) && line != "a=end-of-candidates")
                    .Select(line => $"{line}\r\n")),
    };

    private static void Run(Func<Pair, List<string>, Task> scenario, int largeFrom)
    {
        var log = new List<string>();
        var pair = new Pair(
            attack: network => new TappedNetwork(network, datagram => Note(log, datagram.Length >= largeFrom ? "large" : "small")),
            wrap: context => new PostLog(context, log));
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            await scenario(pair, log);
            pair.Alice.Close();
            pair.Bob.Close();
        });
    }

    private sealed class PostLog(SynchronizationContext context, List<string> log) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            Note(log, "post");
            context.Post(d, state);
        }
    }
}
