using Parley.Net;

namespace Parley.Dtls.Tests;

public class LossTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData(1200)]
    [InlineData(400)]
    [InlineData(256)]
    public void Handshake_AnyOneDatagramLost_Connects(int mtu)
    {
        using var whole = Make(mtu).Connect();
        foreach (var (toServer, count) in new[] { (true, whole.ToServer), (false, whole.ToClient) })
        {
            for (var number = 0; number < count; number++)
            {
                using var pair = Make(mtu);
                pair.Route = Pair.Losing((toServer, number));
                pair.Connect();
                Assert.True(pair.Client.Statistics.FlightsRetransmitted + pair.Server.Statistics.FlightsRetransmitted > 0);
                ExpectData(pair);
            }
        }
    }

    [Fact]
    public void Handshake_AnyTwoDatagramsLost_Connects()
    {
        for (var first = 0; first < 6; first++)
        {
            for (var second = 0; second < 6; second++)
            {
                using var pair = Make(1200);
                pair.Route = Pair.Losing((first % 2 == 0, first / 2), (second % 2 == 0, second / 2));
                pair.Connect();
                ExpectData(pair);
            }
        }
    }

    [Theory]
    [InlineData(1200)]
    [InlineData(256)]
    public void Handshake_EachDatagramTwice_ConnectsWithoutAStorm(int mtu)
    {
        using var once = Make(mtu).Connect();
        using var pair = Make(mtu);
        pair.Route = (_, number, datagram) => [(datagram, Delay), (datagram, Delay + TimeSpan.FromMilliseconds(number % 3))];
        pair.Connect();
        ExpectData(pair);
        Assert.Equal(once.ToServer + 1, pair.ToServer);
        Assert.Equal(once.ToClient + 1, pair.ToClient);
    }

    [Theory]
    [InlineData(1200)]
    [InlineData(300)]
    public void Handshake_EachFlightReversed_Connects(int mtu)
    {
        using var pair = Make(mtu);

        // The later of a flight the sooner: a Finished comes before all it finishes.
        pair.Route = (_, number, datagram) => [(datagram, TimeSpan.FromMilliseconds(50 - number))];
        pair.Connect();
        ExpectData(pair);
        Assert.Equal(0, pair.Client.Statistics.FlightsRetransmitted + pair.Server.Statistics.FlightsRetransmitted);
    }

    [Fact]
    public void Handshake_HalfOfEverythingLostReorderedAndRepeated_Connects()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = RandomSource.Seeded(seed);
            using var pair = Make(256 + random.Next(1244), seed);
            pair.Route = (_, _, datagram) =>
            {
                var copies = new List<(byte[], TimeSpan)>();
                for (var i = 0; i < 3; i++)
                {
                    if (random.Next(3) == 0)
                    {
                        copies.Add((datagram, TimeSpan.FromMilliseconds(random.Next(100))));
                    }
                }

                return copies;
            };
            pair.Client.Start(pair.Now);
            pair.Run();
            Assert.True(pair.Client.State == DtlsState.Connected && pair.Server.State == DtlsState.Connected, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(256)]
    [InlineData(576)]
    [InlineData(1200)]
    [InlineData(1500)]
    public void Handshake_AnyMtu_StaysBelowIt(int mtu)
    {
        using var pair = new Pair(
            client => client with { Mtu = mtu, Certificate = Certificates.Rsa },
            server => server with { Mtu = mtu, Certificate = Certificates.Rsa }).Connect();
        Assert.InRange(pair.LargestDatagram, mtu / 2, mtu);
    }

    [Fact]
    public void Client_NobodyAnswers_BacksOffAndFails()
    {
        using var pair = new Pair();
        var sent = new List<Instant>();
        pair.Route = (_, _, _) =>
        {
            sent.Add(pair.Now);
            return [];
        };
        var start = pair.Now;
        pair.Client.Start(start);
        pair.Run();

        // 100 ms, doubled up to 3 s, for 30 s.
        Assert.Equal([0, 100, 300, 700, 1500, 3100, 6100, 9100], sent.Take(8).Select(at => (at - start).TotalMilliseconds));
        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.Timeout)], pair.ClientEvents);
        Assert.Equal(TimeSpan.FromSeconds(30), pair.Now - start);
        Assert.Null(pair.Client.Deadline);
    }

    [Fact]
    public void Server_NobodyCalls_WaitsWithoutADeadline()
    {
        using var pair = new Pair();
        pair.Server.Start(pair.Now);
        Assert.Equal(DtlsState.Connecting, pair.Server.State);
        Assert.Null(pair.Server.Deadline);
        pair.Server.Advance(pair.Now + TimeSpan.FromHours(1));
        pair.Connect();
    }

    private static Pair Make(int mtu, ulong seed = 1) =>
        new(client => client with { Mtu = mtu }, server => server with { Mtu = mtu }, seed);

    private static void ExpectData(Pair pair)
    {
        pair.Route = null;
        pair.Send(pair.Client, "ping"u8);
        pair.Send(pair.Server, "pong"u8);
        pair.Run();
        Assert.Equal("ping"u8, Assert.Single(pair.ServerReceived));
        Assert.Equal("pong"u8, Assert.Single(pair.ClientReceived));
    }
}
