using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>Bytes that nobody honest sends: nothing throws, nothing grows, the connection goes on.</summary>
public class AdversarialTests
{
    [Fact]
    public void Connected_TruncatedFlippedAndReplayedDatagrams_GoesOn()
    {
        var seen = new List<(bool ToServer, byte[] Datagram)>();
        using var pair = new Pair();
        pair.Route = (toServer, _, datagram) =>
        {
            seen.Add((toServer, [.. datagram]));
            return [(datagram, pair.Delay)];
        };
        pair.Connect();
        pair.Send(pair.Client, "to be mutilated"u8);
        pair.Send(pair.Server, "to be mutilated"u8);
        pair.Run();
        pair.Route = null;
        var received = pair.ServerReceived.Count + pair.ClientReceived.Count;

        foreach (var (toServer, datagram) in seen)
        {
            for (var length = 0; length < datagram.Length; length++)
            {
                pair.Deliver(toServer, datagram[..length]);
                pair.Deliver(!toServer, datagram[..length]);
            }

            for (var bit = 0; bit < datagram.Length * 8; bit++)
            {
                var flipped = datagram.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                pair.Deliver(toServer, flipped);
            }
        }

        pair.Run();
        Assert.Equal(received, pair.ServerReceived.Count + pair.ClientReceived.Count);
        ExpectAlive(pair);
    }

    [Fact]
    public void Connecting_TruncatedAndLateFlippedCopies_StillConnects()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            var random = RandomSource.Seeded(seed);
            using var pair = new Pair(client => client with { Mtu = 400 }, server => server with { Mtu = 400 }, seed);
            pair.Route = (_, _, datagram) =>
            {
                var copies = new List<(byte[], TimeSpan)> { (datagram, pair.Delay) };
                for (var i = 0; i < 10; i++)
                {
                    copies.Add((datagram[..random.Next(datagram.Length)], TimeSpan.FromMilliseconds(random.Next(20))));
                    var flipped = datagram.ToArray();
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));

                    // After the true one; what comes before it and parses cannot be told from it.
                    copies.Add((flipped, pair.Delay + TimeSpan.FromMilliseconds(50 + random.Next(20))));
                }

                return copies;
            };
            pair.Client.Start(pair.Now);
            pair.Run();
            Assert.True(pair.Client.State == DtlsState.Connected && pair.Server.State == DtlsState.Connected, $"seed {seed}");
            pair.Route = null;
            ExpectAlive(pair);
        }
    }

    [Fact]
    public void AnyState_FlippedDatagramsInPlaceOfTheTrueOnes_NeverThrows()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = RandomSource.Seeded(seed);
            using var pair = new Pair(client => client with { Mtu = 500 }, server => server with { Mtu = 500 }, seed);
            pair.Route = (_, _, datagram) =>
            {
                if (random.Next(3) == 0)
                {
                    for (var flips = 1 + random.Next(4); flips > 0; flips--)
                    {
                        datagram[random.Next(datagram.Length)] ^= (byte)(1 << random.Next(8));
                    }
                }

                return [(datagram, pair.Delay)];
            };
            pair.Client.Start(pair.Now);
            pair.Run();
            Assert.NotEqual(DtlsState.Connecting, pair.Client.State);
        }
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void Connecting_RandomRecords_StaysWithinItsBounds(DtlsRole role)
    {
        var random = RandomSource.Seeded(3);
        using var pair = new Pair();
        pair.Client.Start(pair.Now);
        var endpoint = role == DtlsRole.Client ? pair.Client : pair.Server;
        var datagram = new byte[1500];
        var most = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var length = random.Next(datagram.Length);
            random.Fill(datagram.AsSpan(0, length));
            if (length > 25)
            {
                // A plausible record of a plausible fragment, so that the dice reach the inner layers. Not an alert: one in the
                // clear ends a handshake.
                datagram[0] = (byte)(22 + random.Next(2));
                datagram[1] = 0xFE;
                datagram[3] = 0;
                datagram[4] = (byte)random.Next(2);
                datagram[11] = (byte)((length - 13) >> 8);
                datagram[12] = (byte)(length - 13);
                datagram[13] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(21));
                datagram[17] = 0;
                datagram[18] = (byte)random.Next(10);
            }

            endpoint.Receive(datagram.AsSpan(0, length), pair.Now);
            endpoint.TryReadApplicationData(datagram, out _);
            endpoint.TryRead(out _);
            most = Math.Max(most, endpoint.BufferedBytes);
        }

        Assert.Equal(DtlsState.Connecting, endpoint.State);
        Assert.InRange(most, 1, 65 * 1024);
        pair.Run();
        Assert.Equal(DtlsState.Connected, endpoint.State);
        Assert.Equal(0, endpoint.BufferedBytes);
    }

    [Fact]
    public void Connected_AlertInTheClear_IsNotBelieved()
    {
        using var pair = new Pair().Connect();
        pair.Deliver(true, Hex.Bytes("15 FE FD 00 00 00 00 00 00 00 09 00 02 02 28"));
        pair.Deliver(true, Hex.Bytes("15 FE FD 00 00 00 00 00 00 00 0A 00 02 01 00"));
        ExpectAlive(pair);
    }

    [Fact]
    public void Connecting_FatalAlertInTheClear_Fails()
    {
        using var pair = new Pair();
        pair.Client.Start(pair.Now);
        pair.Deliver(false, Hex.Bytes("15 FE FD 00 00 00 00 00 00 00 00 00 02 02 28"));
        pair.Run();
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.PeerAlert, AlertDescription.HandshakeFailure)], pair.ClientEvents);
    }

    private static void ExpectAlive(Pair pair)
    {
        pair.ServerReceived.Clear();
        pair.ClientReceived.Clear();
        pair.Send(pair.Client, "alive"u8);
        pair.Send(pair.Server, "alive"u8);
        pair.Run();
        Assert.Equal("alive"u8, Assert.Single(pair.ServerReceived));
        Assert.Equal("alive"u8, Assert.Single(pair.ClientReceived));
        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }
}
