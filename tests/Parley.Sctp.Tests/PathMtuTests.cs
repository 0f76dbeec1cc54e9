using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class PathMtuTests
{
    // IPv4, UDP and the DTLS record around a packet.
    private const int Around = 20 + 8 + 37;
    private const int Base = 1160;
    private static readonly SctpOptions Searching =
        Pair.Plain with { MaxDiscoveredPacketSize = SctpAssociation.LargestPacket, MaxRetransmissions = 1000 };

    [Theory]
    [InlineData(1225, 1160)]
    [InlineData(1280, 1212)]
    [InlineData(1400, 1332)]
    [InlineData(1420, 1352)]
    [InlineData(1492, 1412)]
    [InlineData(1500, 1432)]
    [InlineData(9000, 8932)]
    [InlineData(65_536, 16_320)]
    public void Transfer_OverAPath_FindsTheLargestPacketItCarries(int mtu, int expected)
    {
        var pair = Pair.Connected(1, Searching, Searching);
        pair.Filter = (_, packet) => packet.Length + Around <= mtu;
        Transfer(pair, 4);
        pair.RunFor(TimeSpan.FromSeconds(30));
        Transfer(pair, 4);

        Assert.Equal(expected, pair.A.Association.Statistics.MaxPacketSize);
        Assert.Equal(0, pair.A.Association.Statistics.Retransmissions);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
        Assert.True(pair.A.Sent.Max(packet => Chunks.Has(packet, ChunkType.Data) ? packet.Length : 0) > expected - 64);
    }

    [Theory]
    [InlineData(9000, 1280)]
    [InlineData(9000, 1500)]
    [InlineData(65_536, 1400)]
    [InlineData(1500, 1280)]
    [InlineData(1500, 1225)]
    public void Path_BecomesNarrowerInATransfer_LosesNothing(int wide, int narrow)
    {
        var pair = Pair.Connected(1, Searching, Searching);
        var mtu = wide;
        pair.Filter = (_, packet) => packet.Length + Around <= mtu;
        Transfer(pair, 8);
        var before = pair.A.Association.Statistics.MaxPacketSize;
        var begun = pair.Now;
        Queue(pair, 40, 64 * 1024);
        pair.RunFor(TimeSpan.FromMilliseconds(30));
        mtu = narrow;
        AwaitAll(pair, 40, 64 * 1024);

        Assert.True(before > narrow);
        Assert.InRange(pair.A.Association.Statistics.MaxPacketSize, Base, narrow - Around);
        Assert.True(pair.Now - begun < TimeSpan.FromSeconds(8), $"{(pair.Now - begun).TotalSeconds} s");
    }

    [Theory]
    [InlineData(1, 0.01)]
    [InlineData(2, 0.03)]
    [InlineData(3, 0.05)]
    [InlineData(4, 0.05)]
    public void Transfer_OverALossyPath_LosesNothingAndFindsTheSize(ulong seed, double loss)
    {
        var pair = Pair.Connected(seed, Searching, Searching);
        pair.Loss = loss;
        pair.Filter = (_, packet) => packet.Length + Around <= 1500;
        Transfer(pair, 60);
        pair.RunFor(TimeSpan.FromSeconds(60));

        Assert.Equal(1432, pair.A.Association.Statistics.MaxPacketSize);
    }

    [Fact]
    public void Probe_IsLost_TellsNothingOfCongestion()
    {
        var pair = Pair.Connected(1, Searching, Searching);
        var probes = 0;
        pair.Filter = (_, packet) =>
        {
            var isProbe = Chunks.Has(packet, ChunkType.Pad);
            probes += isProbe ? 1 : 0;
            return !isProbe;
        };
        var plain = Pair.Connected(1);
        Transfer(pair, 20);
        Transfer(plain, 20);
        pair.RunFor(TimeSpan.FromSeconds(60));
        plain.RunFor(TimeSpan.FromSeconds(60));

        // RFC 8899 §5.1.2: three of each size, and of the ten sizes not more than a search by halves meets.
        Assert.InRange(probes, 3, 12);
        Assert.Equal(Base, pair.A.Association.Statistics.MaxPacketSize);
        Assert.Equal(plain.A.Association.Statistics.CongestionWindow, pair.A.Association.Statistics.CongestionWindow);
        Assert.Equal(SctpState.Established, pair.A.Association.State);
    }

    [Theory]
    [InlineData(1400, 1332)]
    [InlineData(1500, 1432)]
    [InlineData(9000, 8932)]
    public void Probe_IsRefusedWhereItIsSent_IsNotTriedAgainAndNotWaitedFor(int mtu, int expected)
    {
        var pair = Pair.Connected(1, Searching, Searching);
        var refused = new List<int>();
        pair.Filter = (from, packet) =>
        {
            if (packet.Length + Around <= mtu)
            {
                return true;
            }

            refused.Add(packet.Length);
            from.Association.OnPacketTooLarge(packet.Length, pair.Now);
            return false;
        };
        Transfer(pair, 4);
        pair.RunFor(TimeSpan.FromMilliseconds(500));

        Assert.Equal(expected, pair.A.Association.Statistics.MaxPacketSize);
        Assert.NotEmpty(refused);
        Assert.Equal(refused.Distinct(), refused);
    }

    [Fact]
    public void Data_IsRefusedWhereItIsSent_GoesOnInSmallPacketsAtOnce()
    {
        var pair = Pair.Connected(1, Searching, Searching);
        var mtu = 65_536;
        pair.Filter = (from, packet) =>
        {
            if (packet.Length + Around <= mtu)
            {
                return true;
            }

            from.Association.OnPacketTooLarge(packet.Length, pair.Now);
            return false;
        };
        Transfer(pair, 8);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(SctpAssociation.LargestPacket, pair.A.Association.Statistics.MaxPacketSize);

        mtu = 1500;
        Transfer(pair, 40);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1432, pair.A.Association.Statistics.MaxPacketSize);
    }

    [Fact]
    public void Peer_HasNotSaidThatItTakesLargePackets_GetsNoneAboveEthernets()
    {
        var pair = Pair.Connected(1, Searching, Pair.Plain);
        Transfer(pair, 20);
        pair.RunFor(TimeSpan.FromMinutes(30));

        Assert.Equal(1432, pair.A.Sent.Max(packet => packet.Length));
    }

    [Fact]
    public void Connection_HasLittleToSay_SendsNoProbes()
    {
        var pair = Pair.Connected(1, Searching, Searching);
        Queue(pair, 1, 30);
        AwaitAll(pair, 1, 30);
        pair.RunFor(TimeSpan.FromMinutes(30));

        Assert.DoesNotContain(pair.A.Sent.Concat(pair.B.Sent), packet => Chunks.Has(packet, ChunkType.Pad));
    }

    [Fact]
    public void Path_IsAnotherOne_IsSearchedFromTheBase()
    {
        var pair = Pair.Connected(1, Searching, Searching);
        Transfer(pair, 8);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(SctpAssociation.LargestPacket, pair.A.Association.Statistics.MaxPacketSize);

        pair.A.Association.ChangePath(pair.Now);
        Assert.Equal(Base, pair.A.Association.NextPacketLimit);
        pair.Filter = (_, packet) => packet.Length + Around <= 1500;
        Transfer(pair, 8);
        pair.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal(1432, pair.A.Association.Statistics.MaxPacketSize);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
    }

    [Fact]
    public void Path_BecomesWider_IsFoundOutWithinTenMinutes()
    {
        var pair = Pair.Connected(1, Searching, Searching);
        pair.Filter = (_, packet) => packet.Length + Around <= 1500;
        Transfer(pair, 8);
        pair.RunFor(TimeSpan.FromSeconds(30));
        Assert.Equal(1432, pair.A.Association.Statistics.MaxPacketSize);

        pair.Filter = null;
        pair.RunFor(TimeSpan.FromMinutes(11));

        Assert.Equal(SctpAssociation.LargestPacket, pair.A.Association.Statistics.MaxPacketSize);
    }

    private static void Transfer(Pair pair, int messages)
    {
        Queue(pair, messages, 64 * 1024);
        AwaitAll(pair, messages, 64 * 1024);
    }

    private static void Queue(Pair pair, int messages, int size)
    {
        var message = new byte[size];
        for (var index = 0; index < messages; index++)
        {
            message[0] = (byte)index;
            Assert.Equal(
                SctpSendStatus.Queued, pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, message, default, pair.Now));
        }
    }

    private static void AwaitAll(Pair pair, int messages, int size)
    {
        Assert.True(
            pair.RunUntil(() => pair.B.Messages.Count() == messages, TimeSpan.FromMinutes(5)),
            $"{pair.B.Messages.Count()} of {messages} came");
        Assert.Equal(
            Enumerable.Range(0, messages).Select(index => ((byte)index, size)),
            pair.B.Messages.Select(told => (told.Payload[0], told.Payload.Length)));
        pair.B.Events.Clear();
    }
}
