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
        Assert.InRange(after.Threads - before.Threads, -200, 16);
        Assert.InRange(after.Memory - before.Memory, -200_000_000, 6_000_000);
        Assert.InRange(after.Timers - before.Timers, -10_000, 20);
    }

    private static async Task RoundAsync() =>
        await Task.WhenAll(Enumerable.Range(0, PairsAtOnce).Select(_ => Task.Run(CallAsync))).WaitAsync(TimeSpan.FromSeconds(60));

    private static async Task CallAsync()
    {
        var platform = Platform.Default with { Network = new UdpNetwork(new UdpNetworkOptions { MulticastDns = false, Include = address => address.Address.Equals(IPAddress.Loopback) }) };
        await using var alice = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, platform);
        await using var bob = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob] }, platform);
        var connected = Task.WhenAll(ConnectedAsync(alice), ConnectedAsync(bob));
        alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
        alice.CreateDataChannel("d");
        await alice.SetLocalDescriptionAsync();
        await GatheredAsync(alice);
        await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
        await bob.SetLocalDescriptionAsync();
        await GatheredAsync(bob);
        await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
        try
        {
            await connected.WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            throw new Exception($"{alice.ConnectionState} {alice.IceConnectionState} {alice.GetSenders()[0].Transport!.State} {bob.ConnectionState} {bob.IceConnectionState} {bob.GetSenders()[0].Transport!.State} {alice.LocalDescription!.Sdp} {bob.LocalDescription!.Sdp}");
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

    private static (int Descriptors, int Threads, long Memory, long Timers) Measure()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (
            OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0,
            ThreadPool.ThreadCount,
            GC.GetTotalMemory(forceFullCollection: true),
            Timer.ActiveCount);
    }
}
