namespace Parley.Simulation.Tests.Network;

public class LinkTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);

    [Fact]
    public void Delay_DatagramSent_ArrivesExactlyThen()
    {
        var world = new World(new LinkConditions { Delay = TimeSpan.FromMilliseconds(25) });
        world.Alice.Send(world.Bob.Address, 1);
        world.Simulator.RunUntilIdle(s_long);

        var arrival = Assert.Single(world.Bob.Received);
        Assert.Equal(25_000_000, arrival.At.Nanoseconds);
        Assert.Equal(world.Alice.Address, arrival.From);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Loss_ManySent_ShareIsLost(double share)
    {
        var world = new World(new LinkConditions { Loss = share });
        world.SendMany(20_000);

        // Four standard deviations of a binomial distribution.
        var lost = 20_000 - world.Bob.Received.Count;
        Assert.InRange(
            lost,
            20_000 * share - 4 * Math.Sqrt(20_000 * share * (1 - share)),
            20_000 * share + 4 * Math.Sqrt(20_000 * share * (1 - share)));
        Assert.Equal(lost, world.Simulator.Network.Counters.Lost(LossCause.Random));
        Assert.Equal(20_000, world.Simulator.Network.Counters.Sent);
        Assert.Equal(world.Bob.Received.Count, world.Simulator.Network.Counters.Delivered);
    }

    [Fact]
    public void BurstLoss_ManySent_LossesComeInBurstsOfTheExpectedLength()
    {
        var world = new World(new LinkConditions { BurstLoss = new BurstLoss(0.01, 0.25) });
        world.SendMany(50_000);

        var received = world.Bob.Received.Select(arrival => arrival.Number).ToHashSet();
        var bursts = Enumerable.Range(0, 50_000).Count(number => !received.Contains(number) && received.Contains(number - 1));
        var lost = 50_000 - received.Count;
        Assert.InRange(lost / 50_000.0, 0.03, 0.047); // 0.01 / 0.26 = 0.0385
        Assert.InRange((double)lost / bursts, 3.4, 4.6); // 1 / 0.25
        Assert.Equal(lost, world.Simulator.Network.Counters.Lost(LossCause.Burst));
    }

    [Fact]
    public void Jitter_ManySent_SpreadsDelaysAndKeepsOrder()
    {
        var world = new World(new LinkConditions { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(5) });
        var delays = new List<double>();
        world.Bob.OnReceived = arrival => delays.Add(arrival.At.Nanoseconds / 1e6 - arrival.Number * 10);
        for (var i = 0; i < 2000; i++)
        {
            world.Alice.Send(world.Bob.Address, i);
            world.Simulator.RunFor(TimeSpan.FromMilliseconds(10));
        }

        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(Enumerable.Range(0, 2000), world.Bob.Received.Select(arrival => arrival.Number));
        Assert.All(delays, delay => Assert.InRange(delay, 10, 15));
        Assert.InRange(delays.Average(), 12.3, 12.7);
        Assert.True(delays.Max() - delays.Min() > 4.5);
    }

    [Fact]
    public void Reordering_ManySent_SomeAreOvertaken()
    {
        var world = new World(new LinkConditions { Reordering = 0.1, ReorderingDelay = TimeSpan.FromMilliseconds(5) });
        world.SendMany(5000);

        var numbers = world.Bob.Received.Select(arrival => arrival.Number).ToList();
        Assert.Equal(Enumerable.Range(0, 5000), numbers.Order());
        var overtaken = Enumerable.Range(1, numbers.Count - 1).Count(i => numbers[i] < numbers[i - 1]);
        Assert.InRange(overtaken, 300, 600);
        Assert.InRange(world.Simulator.Network.Counters.Reordered, 415, 585);
    }

    [Fact]
    public void Duplication_ManySent_SomeArriveTwice()
    {
        var world = new World(new LinkConditions { Duplication = 0.1 });
        world.SendMany(5000);

        Assert.InRange(world.Bob.Received.Count, 5415, 5585);
        Assert.Equal(5000, world.Bob.Received.Select(arrival => arrival.Number).Distinct().Count());
        Assert.Equal(world.Bob.Received.Count - 5000, world.Simulator.Network.Counters.Duplicated);
    }

    [Fact]
    public void Corruption_ManySent_SomeDifferInOneBit()
    {
        var world = new World(new LinkConditions { Corruption = 0.25 });
        for (var i = 0; i < 2000; i++)
        {
            world.Alice.Send(world.Bob.Address, new byte[100]);
            world.Simulator.RunFor(TimeSpan.FromMilliseconds(1));
        }

        world.Simulator.RunUntilIdle(s_long);
        var bits = world.Bob.Received.Select(arrival => arrival.Datagram.Sum(value => byte.PopCount(value))).ToList();
        Assert.All(bits, count => Assert.InRange(count, 0, 1));
        Assert.InRange(bits.Sum(), 420, 580);
    }

    [Fact]
    public void Rate_BurstSent_ArrivesAtTheRateOfTheLink()
    {
        // 1,000 bytes on the wire at 8 Mbit/s: one each millisecond.
        var world = new World(new LinkConditions { Rate = 8_000_000 });
        for (var i = 0; i < 100; i++)
        {
            world.Alice.Send(world.Bob.Address, i, 972);
        }

        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => i * 1_000_000L), world.Bob.Received.Select(arrival => arrival.At.Nanoseconds));
    }

    [Fact]
    public void QueueBytes_BurstSent_TailIsDropped()
    {
        var world = new World(new LinkConditions { Rate = 8_000_000, QueueBytes = 10_000 });
        for (var i = 0; i < 100; i++)
        {
            world.Alice.Send(world.Bob.Address, i, 972);
        }

        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(Enumerable.Range(0, 10), world.Bob.Received.Select(arrival => arrival.Number));
        Assert.Equal(90, world.Simulator.Network.Counters.Lost(LossCause.Queue));
    }

    [Fact]
    public void QueueTime_BurstSent_NoDatagramWaitsLonger()
    {
        var world = new World(new LinkConditions { Rate = 8_000_000, QueueTime = TimeSpan.FromMilliseconds(20) });
        for (var i = 0; i < 100; i++)
        {
            world.Alice.Send(world.Bob.Address, i, 972);
        }

        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(21, world.Bob.Received.Count);
        Assert.Equal(79, world.Simulator.Network.Counters.Lost(LossCause.Queue));
    }

    [Fact]
    public void EcnThreshold_QueueGrows_CapableDatagramsAreMarkedAndOthersNot()
    {
        var world = new World(new LinkConditions { Rate = 8_000_000, EcnThresholdBytes = 5_000 });
        for (var i = 0; i < 10; i++)
        {
            world.Alice.Send(world.Bob.Address, new byte[972], ecn: 2);
            world.Alice.Send(world.Bob.Address, new byte[972], ecn: 0);
        }

        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal([2, 0, 2, 0, 2, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0], world.Bob.Received.Select(arrival => (int)arrival.Ecn));
        Assert.Equal(7, world.Simulator.Network.Counters.Marked);
    }

    [Fact]
    public void Mtu_DatagramOneByteTooLarge_IsLost()
    {
        var world = new World(new LinkConditions { Mtu = 1280 });
        world.Alice.Send(world.Bob.Address, 1, 1252);
        world.Alice.Send(world.Bob.Address, 2, 1253);
        world.Simulator.RunUntilIdle(s_long);

        Assert.Equal(1, Assert.Single(world.Bob.Received).Number);
        Assert.Equal(1, world.Simulator.Network.Counters.Lost(LossCause.TooLarge));
    }

    [Fact]
    public void Partition_UntilHealed_NothingPassesNotEvenWhatWasUnderWay()
    {
        var world = new World(new LinkConditions { Delay = TimeSpan.FromMilliseconds(10) });
        var network = world.Simulator.Network;
        world.Alice.Send(world.Bob.Address, 1);
        network.Partition(world.AliceHost, world.BobHost);
        world.Bob.Send(world.Alice.Address, 2);
        world.Simulator.RunUntilIdle(s_long);
        Assert.Empty(world.Alice.Received);
        Assert.Empty(world.Bob.Received);

        network.Heal(world.AliceHost, world.BobHost);
        world.Alice.Send(world.Bob.Address, 3);
        world.Bob.Send(world.Alice.Address, 4);
        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(3, Assert.Single(world.Bob.Received).Number);
        Assert.Equal(4, Assert.Single(world.Alice.Received).Number);
        Assert.Equal(2, network.Counters.Lost(LossCause.Partition));
    }

    [Fact]
    public void Conditions_ChangedForOneDirection_LeaveTheOtherAlone()
    {
        var world = new World(new LinkConditions { Delay = TimeSpan.FromMilliseconds(1) });
        world.Simulator.Network.Link(world.AliceHost, world.BobHost).Conditions = new LinkConditions { Loss = 1 };
        world.Alice.Send(world.Bob.Address, 1);
        world.Bob.Send(world.Alice.Address, 2);
        world.Simulator.RunUntilIdle(s_long);

        Assert.Empty(world.Bob.Received);
        Assert.Single(world.Alice.Received);
    }

    [Fact]
    public void Filter_TakesTheSecondDatagram_OthersPass()
    {
        var world = new World(new LinkConditions());
        var seen = 0;
        world.Simulator.Network.Link(world.AliceHost, world.BobHost).Filter = (_, _, _) => ++seen != 2;
        world.SendMany(3);

        Assert.Equal([0, 2], world.Bob.Received.Select(arrival => arrival.Number));
        Assert.Equal(1, world.Simulator.Network.Counters.Lost(LossCause.Filter));
    }

    [Fact]
    public void MaxUnderWayPerLink_Exceeded_DatagramsAreLost()
    {
        var world = new World(new LinkConditions { Delay = TimeSpan.FromSeconds(1) });
        world.Simulator.Network.MaxUnderWayPerLink = 5;
        for (var i = 0; i < 8; i++)
        {
            world.Alice.Send(world.Bob.Address, i);
        }

        Assert.Equal(5, world.Simulator.Network.Link(world.AliceHost, world.BobHost).UnderWay);
        world.Simulator.RunUntilIdle(s_long);
        Assert.Equal(5, world.Bob.Received.Count);
        Assert.Equal(3, world.Simulator.Network.Counters.Lost(LossCause.InFlightLimit));
        Assert.Equal(0, world.Simulator.Network.Link(world.AliceHost, world.BobHost).UnderWay);
    }

    [Fact]
    public void Downlink_WithARate_IsSharedByAllSenders()
    {
        var simulator = new Simulator(1);
        var bob = new Peer(simulator.AddHost("bob"), 5000);
        var first = new Peer(simulator.AddHost("first"));
        var second = new Peer(simulator.AddHost("second"));
        simulator.Network.DefaultConditions = LinkConditions.Perfect;
        simulator.Network.Hosts.Single(host => host.Name == "bob").Downlink.Conditions = new LinkConditions { Rate = 8_000_000 };
        for (var i = 0; i < 5; i++)
        {
            first.Send(bob.Address, i, 972);
            second.Send(bob.Address, i, 972);
        }

        simulator.RunUntilIdle(s_long);
        Assert.Equal(10_000_000, bob.Received[^1].At.Nanoseconds);
        Assert.Equal(10, bob.Received.Count);
    }

    private sealed class World
    {
        public World(LinkConditions conditions, ulong seed = 7)
        {
            Simulator = new Simulator(seed);
            AliceHost = Simulator.AddHost("alice", "192.0.2.1");
            BobHost = Simulator.AddHost("bob", "192.0.2.2");
            BobHost.ReceiveBufferBytes = int.MaxValue;
            Alice = new Peer(AliceHost);
            Bob = new Peer(BobHost);
            Simulator.Network.SetConditions(AliceHost, BobHost, conditions);
        }

        public Simulator Simulator { get; }

        public VirtualHost AliceHost { get; }

        public VirtualHost BobHost { get; }

        public Peer Alice { get; }

        public Peer Bob { get; }

        public void SendMany(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Alice.Send(Bob.Address, i);
                Simulator.RunFor(TimeSpan.FromMilliseconds(1));
            }

            Simulator.RunUntilIdle(s_long);
        }
    }
}
