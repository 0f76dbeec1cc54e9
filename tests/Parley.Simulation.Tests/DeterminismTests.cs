namespace Parley.Simulation.Tests;

public class DeterminismTests
{
    [Fact]
    public void SameSeed_SameTrace()
    {
        var first = Trace(17);
        Assert.NotEmpty(first);
        Assert.Equal(first, Trace(17));
        Assert.NotEqual(first, Trace(18));
    }

    [Fact]
    public void HostsOfOneSeed_DrawDifferentNumbersWhateverTheirOrder()
    {
        var one = new Simulator(5);
        var (alice, bob) = (one.AddHost("alice"), one.AddHost("bob"));
        var other = new Simulator(5);
        var (bobAgain, aliceAgain) = (other.AddHost("bob"), other.AddHost("alice"));
        var number = alice.Platform.Random.NextUInt64();
        Assert.Equal(number, aliceAgain.Platform.Random.NextUInt64());
        Assert.NotEqual(number, bob.Platform.Random.NextUInt64());
        Assert.NotEqual(number, bobAgain.Platform.Random.NextUInt64());
    }

    [Fact]
    public void ForEachSeed_OneFails_ItsSeedIsNamed()
    {
        var error = Assert.Throws<SimulationException>(() =>
            Simulator.ForEachSeed(100, 50, simulator => Assert.NotEqual(123UL, simulator.Seed)));
        Assert.Equal(123UL, error.Seed);
        Assert.Contains("seed 123", error.Message);
    }

    [Fact]
    public void Trace_OfBothFamilies_HasValidHeaders()
    {
        var simulator = new Simulator(1);
        var alice = simulator.AddHost("alice", "192.0.2.1", "2001:db8::1");
        var bob = simulator.AddHost("bob", "192.0.2.2", "2001:db8::2");
        using var output = new StringWriter();
        simulator.Network.TraceTo(output);
        new Peer(alice, 4096).Send(new Peer(bob, 8192).Address, [1, 2, 3]);
        simulator.RunFor(TimeSpan.FromSeconds(1));
        new Peer(alice, 4096, "2001:db8::1").Send(new Peer(bob, 8192, "2001:db8::2").Address, [1, 2, 3]);
        simulator.Network.Partition(alice, bob);
        simulator.RunFor(TimeSpan.FromSeconds(1));
        simulator.Network.Heal(alice, bob);
        new Peer(alice, 4097, "2001:db8::1").Send(new Peer(bob, 8193, "2001:db8::2").Address, [1, 2, 3]);
        simulator.RunFor(TimeSpan.FromSeconds(1));

        // The checksums come from another program.
        Assert.Equal(
            """
            # alice to bob
            2026-01-01 00:00:00.001000
            000000 45 00 00 1f 00 00 40 00 40 11 b6 ca c0 00 02 01
            000010 c0 00 02 02 10 00 20 00 00 0b 00 00 01 02 03

            # 2026-01-01 00:00:01.001000 lost (Partition): 3 bytes of alice, [2001:db8::1]:4096 to [2001:db8::2]:8192

            # alice to bob
            2026-01-01 00:00:02.001000
            000000 60 00 00 00 00 0b 11 40 20 01 0d b8 00 00 00 00
            000010 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00
            000020 00 00 00 00 00 00 00 02 10 01 20 01 00 0b 70 5f
            000030 01 02 03


            """.ReplaceLineEndings("\n"),
            output.ToString());
    }

    private static string Trace(ulong seed)
    {
        var simulator = new Simulator(seed);
        var nat = simulator.Network.AddNat("nat", NatBehavior.PortRestrictedCone, "203.0.113.1");
        var alice = new Peer(nat.AddHost("alice", "192.168.1.2"));
        var bob = new Peer(simulator.AddHost("bob", "192.0.2.2"));
        simulator.Network.DefaultConditions = new LinkConditions
        {
            Delay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(10),
            Loss = 0.1,
            Reordering = 0.1,
            Duplication = 0.1,
            Corruption = 0.05,
            Rate = 1_000_000,
        };
        bob.OnReceived = arrival => bob.Send(arrival.From, arrival.Datagram);
        using var output = new StringWriter();
        simulator.Network.TraceTo(output);
        simulator.Run(
            async () =>
            {
                var random = simulator.AddHost("chance").Platform.Random;
                for (var i = 0; i < 300; i++)
                {
                    alice.Send(bob.Address, i, 4 + random.Next(1000));
                    await simulator.Delay(TimeSpan.FromMilliseconds(random.Next(20)));
                }
            },
            TimeSpan.FromMinutes(1));
        simulator.RunUntilIdle(TimeSpan.FromMinutes(1));
        return output.ToString();
    }
}
