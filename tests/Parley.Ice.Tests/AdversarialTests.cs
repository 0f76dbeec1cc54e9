using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Ice.Tests;

public class AdversarialTests
{
    [Fact]
    public void EstablishedCall_RandomAndFlippedDatagrams_CallGoesOnAndNothingGrows()
    {
        var pair = Pair.Connected();
        pair.World.RunFor(TimeSpan.FromSeconds(30));
        var real = pair.World.Sent.Where(f => f.Datagram[0] <= 3).ToList();
        var random = RandomSource.Seeded(11);
        var pairs = pair.Left.Agent.Pairs.Count;
        for (var round = 0; round < 20_000; round++)
        {
            var model = real[random.Next(real.Count)];
            var bytes = (byte[])model.Datagram.Clone();
            switch (random.Next(3))
            {
                case 0:
                    random.Fill(bytes.AsSpan(0, 4 + random.Next(16)));
                    break;
                case 1:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                default:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
            }

            var from = random.Next(2) == 0 ? model.From : RawPeer.Address($"203.0.113.5:{1 + random.Next(60000)}");
            pair.Left.Agent.Receive(bytes, RawPeer.Address("192.0.2.1:1000"), from, pair.Now);
            if (round % 100 == 0)
            {
                pair.World.RunFor(TimeSpan.FromMilliseconds(50));
            }
        }

        Assert.Equal(pairs, pair.Left.Agent.Pairs.Count);
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        pair.World.RunFor(TimeSpan.FromSeconds(30));
        pair.ExpectData();
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Left.States);
    }

    [Fact]
    public void ConnectingCall_FlippedCopiesOfEachDatagram_StillConnects()
    {
        for (var seed = 1ul; seed <= 20; seed++)
        {
            var pair = new Pair(seed).BindHosts();
            var random = RandomSource.Seeded(seed);
            var agents = new[] { pair.Left, pair.Right };
            pair.World.Drop = flight =>
            {
                var target = Array.Find(agents, a => a.Sockets.Exists(s => s.Address == flight.To))!;
                for (var copy = 0; copy < 5; copy++)
                {
                    var bytes = (byte[])flight.Datagram.Clone();
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    target.Agent.Receive(bytes, flight.To, flight.From, pair.Now);
                }

                return false;
            };
            pair.Connect(withinSeconds: 2);
        }
    }

    [Fact]
    public void Replay_OfEveryDatagramFromElsewhere_NeverTakesTheCallOver()
    {
        var pair = Pair.Connected();
        var recorded = pair.World.Sent.ToList();
        var thief = RawPeer.Address("203.0.113.66:666");
        foreach (var flight in recorded)
        {
            pair.Left.Agent.Receive(flight.Datagram, RawPeer.Address("192.0.2.1:1000"), thief, pair.Now);
            pair.World.RunFor(TimeSpan.FromMilliseconds(20));
        }

        pair.World.RunFor(TimeSpan.FromSeconds(60));
        Assert.NotEqual(thief, pair.Left.Agent.SelectedPair!.RemoteAddress);
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        pair.ExpectData();
    }

    [Fact]
    public void AnyOrderOfCalls_ThousandSeeds_NeverThrowsAndNeverSpins()
    {
        for (var seed = 1ul; seed <= 1000; seed++)
        {
            var random = RandomSource.Seeded(seed);
            var left = new IceAgent(
                new IceAgentOptions { Role = (IceRole)random.Next(2) }, RandomSource.Seeded(seed + 1), NullLogger.Instance);
            var right = new IceAgent(
                new IceAgentOptions { Role = (IceRole)random.Next(2) }, RandomSource.Seeded(seed + 2), NullLogger.Instance);
            var now = Instant.FromNanoseconds(1);
            var air = new List<(byte[] Datagram, TransportAddress From, TransportAddress To)>();
            for (var step = 0; step < 60; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(20_000) : random.Next(30));
                var (agent, other) = random.Next(2) == 0 ? (left, right) : (right, left);
                Call(agent, other, random, now, RawPeer.Address(agent == left ? "192.0.2.1:1" : "192.0.2.2:1"), air);
                foreach (var each in new[] { left, right })
                {
                    Drain(each, now, air, seed);
                }
            }
        }
    }

    private static void Call(
        IceAgent agent, IceAgent other, RandomSource random, Instant now, TransportAddress local,
        List<(byte[] Datagram, TransportAddress From, TransportAddress To)> air)
    {
        switch (random.Next(16))
        {
            case 0:
                agent.AddLocalAddress(local, NetworkInterfaceKind.Ethernet, now);
                break;
            case 1:
                agent.StartGathering(now);
                break;
            case 2:
                agent.AddStunServer(RawPeer.Address("198.51.100.1:3478"));
                break;
            case 3 or 4:
                agent.SetRemoteCredentials(other.LocalCredentials, random.Next(10) == 0, now);
                break;
            case 5 or 6:
                foreach (var candidate in other.LocalCandidates.ToList())
                {
                    agent.AddRemoteCandidate(candidate, now);
                }

                break;
            case 7:
                agent.SetRemoteEndOfCandidates(now, random.Next(2) == 0 ? null : "unknown");
                break;
            case 8:
                agent.Restart(IceCredentials.Create(random), now);
                break;
            case 9:
                agent.RollBackRestart(now);
                break;
            case 10:
                agent.Role = (IceRole)random.Next(2);
                break;
            case 11 when random.Next(8) == 0:
                agent.RemoveLocalAddress(local, now);
                break;
            case 12 when random.Next(20) == 0:
                agent.Close();
                break;
            default:
                foreach (var (datagram, from, to) in air.ToList())
                {
                    if (to == local)
                    {
                        agent.Receive(datagram, to, from, now);
                    }
                }

                air.RemoveAll(a => a.To == local);
                break;
        }
    }

    private static void Drain(
        IceAgent agent, Instant now, List<(byte[] Datagram, TransportAddress From, TransportAddress To)> air, ulong seed)
    {
        var buffer = new byte[IceAgent.MaxDatagramLength];
        agent.Advance(now);
        int length, sent = 0;
        while ((length = agent.Transmit(buffer, now, out var local, out var remote)) > 0)
        {
            air.Add((buffer[..length], local, remote));
            Assert.True(++sent < 200, $"seed {seed}: sends without end");
        }

        while (agent.TryRead(out _))
        {
        }

        Assert.True(
            agent.Deadline is not { } deadline || deadline > now, $"seed {seed}: due at {agent.Deadline}, now {now}, {agent.State}");
        Assert.True(agent.SelectedPair is not null || !agent.CanSend);
    }
}
