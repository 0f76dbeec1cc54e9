using System.Net;
using Parley.Media;
using Parley.Net;

namespace Parley.Tests.Transport;

/// <summary>A test of the process itself, so that nothing else may run beside it.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public class WholeProcess;

[Collection(nameof(WholeProcess))]
public class ManyConnectionsTests
{
    private const int PairsAtOnce = 50;
    private const int Rounds = 10;

    [Fact]
    public async Task Thousand_OpenedAndClosedOnTheRealNetwork_LeaveNothingBehind()
    {
        // The first rounds make what a process makes once: pools, threads, tables.
        await RoundAsync();
        await RoundAsync();
        var before = Measure();
        for (var round = 0; round < Rounds; round++)
        {
            await RoundAsync();
        }

        var after = Measure();
        Assert.InRange(after.Descriptors - before.Descriptors, -100, 8);
        Assert.InRange(after.OwnThreads - before.OwnThreads, -50, 4);

        // The pool adds threads by itself when the machine is starved, and takes them back later; a connection that held one would show as
        // hundreds.
        Assert.InRange(after.PoolThreads - before.PoolThreads, -200, 64);
        Assert.InRange(after.Memory - before.Memory, -200_000_000, 6_000_000);
        Assert.InRange(after.Timers - before.Timers, -10_000, 20);
    }

    private static async Task RoundAsync()
    {
        var calls = Enumerable.Range(0, PairsAtOnce).Select(_ => new Call()).ToArray();
        try
        {
            await Task.WhenAll(calls.Select(call => Task.Run(call.RunAsync))).WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"These calls hang: {string.Join("; ", calls.Where(call => !call.IsDone))}");
        }
    }

    private sealed class Call
    {
        private static readonly Platform s_platform = Platform.Default with
        {
            Network = new UdpNetwork(
                new UdpNetworkOptions { MulticastDns = false, Include = address => address.Address.Equals(IPAddress.Loopback) }),
        };

        private readonly PeerConnection _alice = new(
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, s_platform);
        private readonly PeerConnection _bob = new(new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob] }, s_platform);
        private string _step = "";

        public bool IsDone => _step == "done";

        public async Task RunAsync()
        {
            var connected = Task.WhenAll(ConnectedAsync(_alice), ConnectedAsync(_bob));
            _alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            _alice.CreateDataChannel("d");
            await Step("offer", _alice.SetLocalDescriptionAsync());
            await Step("gather the offer", GatheredAsync(_alice));
            await Step("take the offer", _bob.SetRemoteDescriptionAsync(_alice.LocalDescription!));
            await Step("answer", _bob.SetLocalDescriptionAsync());
            await Step("gather the answer", GatheredAsync(_bob));
            await Step("take the answer", _alice.SetRemoteDescriptionAsync(_bob.LocalDescription!));
            await Step("connect", connected);
            await Step("close alice", _alice.DisposeAsync().AsTask());
            await Step("close bob", _bob.DisposeAsync().AsTask());
            _step = "done";
        }

        public override string ToString() =>
            $"{_step}: {_alice.ConnectionState} {_alice.IceConnectionState} {_alice.SctpTransport?.Transport.State}, "
            + $"{_bob.ConnectionState} {_bob.IceConnectionState} {_bob.SctpTransport?.Transport.State}";

        private Task Step(string name, Task task)
        {
            _step = name;
            return task;
        }
    }

    private static async Task GatheredAsync(PeerConnection connection)
    {
        var gathered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs args)
        {
            if (connection.IceGatheringState == IceGatheringState.Complete)
            {
                gathered.TrySetResult();
            }
        }

        connection.IceGatheringStateChanged += Look;
        Look(null, EventArgs.Empty);
        await gathered.Task;
    }

    private static Task ConnectedAsync(PeerConnection connection)
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionStateChanged += (_, _) =>
        {
            if (connection.ConnectionState == PeerConnectionState.Connected)
            {
                connected.TrySetResult();
            }
        };
        return connected.Task;
    }

    private static (int Descriptors, int OwnThreads, int PoolThreads, long Memory, long Timers) Measure()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return (
            OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0,
            process.Threads.Count - ThreadPool.ThreadCount,
            ThreadPool.ThreadCount,
            GC.GetTotalMemory(forceFullCollection: true),
            Timer.ActiveCount);
    }
}
