using System.Net;
using Parley.Net;

namespace Parley.Tests.Transport;

/// <summary>An unexpected exception in a loop ends its connection, as failed, and no other; the log has it.</summary>
public class LoopFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exception_InATurn_FailsThatConnectionAlone(bool alsoWhenItCloses)
    {
        var network = new BrokenNetwork { BreaksSends = alsoWhenItCloses };
        var pair = new Pair();
        var host = pair.Simulator.AddHost("carol", "10.0.0.3");
        network.Inner = host.Platform.Network;
        var log = new ErrorCollector();
        pair.Run(async () =>
        {
            var carol = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, host.Platform with { Network = network }, log);
            var dave = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob] }, pair.BobHost.Platform, pair.Log);
            await CallAsync(carol, dave);
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("on");
            await CallAsync(pair.Alice, pair.Bob);
            var told = new List<PeerConnectionState>();
            carol.ConnectionStateChanged += (_, _) => told.Add(carol.ConnectionState);
            network.IsBroken = true;
            while (carol.ConnectionState != PeerConnectionState.Closed)
            {
                await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            }

            FaultFixture.Expect(alsoWhenItCloses ? 2 : 1);
            Assert.Equal([PeerConnectionState.Failed], told);
            Assert.Equal(alsoWhenItCloses ? 2 : 1, log.Errors.Count);
            Assert.All(log.Errors, error => Assert.Contains(nameof(BrokenNetwork), error));
            await carol.DisposeAsync();
            await channel.SendAsync("still here");
            Assert.Equal(PeerConnectionState.Connected, pair.Bob.ConnectionState);
            dave.Close();
        });
    }

    private static async Task CallAsync(PeerConnection one, PeerConnection other)
    {
        one.IceCandidateGathered += (_, e) => _ = other.AddIceCandidateAsync(e.Candidate?.ToInit());
        other.IceCandidateGathered += (_, e) => _ = one.AddIceCandidateAsync(e.Candidate?.ToInit());
        one.CreateDataChannel("data");
        await one.SetLocalDescriptionAsync();
        await other.SetRemoteDescriptionAsync(one.LocalDescription!);
        await other.SetLocalDescriptionAsync();
        await one.SetRemoteDescriptionAsync(other.LocalDescription!);
        await Pair.UntilAsync(one, () => one.ConnectionState == PeerConnectionState.Connected);
    }

    private sealed class BrokenNetwork : INetwork
    {
        public INetwork? Inner { get; set; }

        public bool IsBroken { get; set; }

        public bool BreaksSends { get; init; }

        public IReadOnlyList<LocalAddress> LocalAddresses => Inner!.LocalAddresses;

        public IDatagramSocket Bind(TransportAddress local) => new BrokenSocket(this, Inner!.Bind(local));

        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
            Inner!.ResolveAsync(host, cancellationToken);

        private sealed class BrokenSocket(BrokenNetwork network, IDatagramSocket socket) : IDatagramSocket
        {
            public TransportAddress LocalAddress => socket.LocalAddress;

            public bool DontFragment => socket.DontFragment;

            public int Receive(DatagramBatch batch) =>
                network.IsBroken ? throw new InvalidOperationException("Injected.") : socket.Receive(batch);

            public int Send(DatagramBatch batch, int start = 0) => network is { IsBroken: true, BreaksSends: true }
                ? throw new InvalidOperationException("Injected.")
                : socket.Send(batch, start);

            public void NotifyWhenReadable(IWakeable target) => socket.NotifyWhenReadable(target);

            public void Dispose() => socket.Dispose();
        }
    }
}
