using Parley.Ice;
using Parley.Net;
using Parley.Stun;

namespace Parley.Transport.Tests;

public class PathTests
{
    [Fact]
    public void EachDatagram_BeginsWithTheCarriersHeadroom()
    {
        var path = Pair.PathOf("192.0.2.1:1000") with { Headroom = 4 };
        var pair = new Pair(left: path);
        var kinds = new HashSet<DatagramKind>();
        pair.Sent = (side, by, datagram) =>
        {
            if (side == pair.Left)
            {
                Assert.Same(path, by.Local);

                // What is behind the headroom is a packet of a known kind, whole.
                kinds.Add(DatagramDemultiplexer.Classify(datagram.Span[by.Local.Headroom..]));
            }
        };
        pair.Negotiate(data: true, media: true);
        pair.Expect(() => pair.Left.IsConnected && pair.Right.IsConnected);
        var channel = pair.OpenChannel();
        pair.Left.Transport.Send(channel.Left, new byte[50_000], isBinary: true, pair.Now);
        Assert.True(pair.SendPicture([0x10, 0, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, .. new byte[9000]]));

        pair.Expect(() => pair.Right.Messages.Count == 1 && pair.Right.Frames.Count == 1);
        Assert.Equal(50_000, pair.Right.Messages[0].Length);
        Assert.Equal(9010, pair.Right.Frames[0].Data.Length);
        Assert.Superset(new HashSet<DatagramKind> { DatagramKind.Stun, DatagramKind.Dtls, DatagramKind.Rtp }, kinds);
        Assert.DoesNotContain(DatagramKind.Unknown, kinds);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    public void Headroom_OutOfItsRange_IsRefused(int headroom)
    {
        var pair = new Pair();
        var path = pair.Left.Path with { Headroom = headroom };
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Left.Transport.AddLocalPath(path, pair.Now));
        Assert.Empty(pair.Left.Transport.LocalPaths);
    }

    [Fact]
    public void BytesSent_AreCountedWithoutTheHeadroom()
    {
        var plain = Pair.Connected();
        var carried = Pair.Connected(left: Pair.PathOf("192.0.2.1:1000") with { Headroom = 36 });

        // The handshakes are alike but for the lengths of two signatures.
        Assert.InRange(carried.Left.Transport.SelectedPair!.BytesSent - plain.Left.Transport.SelectedPair!.BytesSent, -8, 8);
    }

    [Fact]
    public void SharedPort_IsToldWhoIsHeard_AndUnderWhichNames()
    {
        var pair = new Pair(left: Pair.PathOf("192.0.2.1:1000", PathKind.SharedPort) with { TransactionTag = 0xCAFE_F00D });
        var tags = new HashSet<uint>();
        pair.Sent = (side, by, datagram) =>
        {
            if (side == pair.Left && StunMessage.TryParse(datagram.Span, out var message, out _) && message.Class == StunClass.Request)
            {
                tags.Add(message.TransactionId.Tag);
            }
        };
        pair.Negotiate();
        pair.Expect(() => pair.Left.IsConnected && pair.Right.IsConnected);

        Assert.Equal([0xCAFE_F00Du], tags);
        Assert.Contains(TransportEventKind.HeardFragmentsChanged, pair.Left.Events);
        Assert.Equal([pair.Left.Plan.Local.Credentials.UsernameFragment], pair.Left.Transport.HeardUsernameFragments);
        Assert.All(pair.Left.Heard, path => Assert.Equal(pair.Right.Path.Address, path.Remote));
        Assert.NotEmpty(pair.Left.Heard);
        Assert.Empty(pair.Right.Heard);
    }

    [Fact]
    public void LocalEnds_AddedLate_AreGatheredThen()
    {
        var pair = new Pair();
        pair.Left.AddsPaths = false;
        pair.Left.Apply(pair.Left.Plan with { Gathers = true });
        Assert.Equal([TransportEventKind.LocalPathsWanted], pair.Left.Events);
        Assert.Empty(pair.Left.Candidates);

        pair.Left.Transport.AddLocalPath(pair.Left.Path, pair.Now);
        pair.Left.Transport.AddLocalPath(pair.Left.Path, pair.Now);
        pair.Left.Transport.CompleteLocalPaths(pair.Now);
        pair.Left.Read();
        Assert.Equal(pair.Left.Path.Address, pair.Left.Candidates.Single().Address);
        Assert.Single(pair.Left.Transport.LocalPaths);
        Assert.Equal(TransportEventKind.GatheringStateChanged, pair.Left.Events[^1]);
    }

    [Fact]
    public void ServerWithAName_IsLookedUp_AndGatheringWaitsForIt()
    {
        var pair = new Pair();
        pair.Left.Apply(pair.Left.Plan with { Gathers = true, Servers = [Server("stun:stun.example", "stun.example")] });
        var lookup = pair.Left.Lookups.Single();
        Assert.Single(pair.Left.Events, TransportEventKind.GatheringStateChanged);

        pair.Left.Transport.CompleteLookup(lookup, [], pair.Now);
        pair.Left.Read();

        Assert.Equal(("stun:stun.example", 701), (pair.Left.CandidateErrors.Single().Url, pair.Left.CandidateErrors.Single().ErrorCode));
        Assert.Equal(2, pair.Left.Events.Count(kind => kind == TransportEventKind.GatheringStateChanged));
    }

    [Fact]
    public void LookupOfAnEarlierGathering_IsNotUsed()
    {
        var pair = new Pair();
        pair.Left.Apply(pair.Left.Plan with { Gathers = true, Servers = [Server("stun:old.example", "old.example")] });
        pair.Left.Apply(pair.Left.Plan with { Servers = [], Local = new LocalGeneration(1, pair.Left.NewCredentials()) });
        var asked = 0;
        pair.Sent = (_, _, _) => asked++;

        pair.Left.Transport.CompleteLookup(pair.Left.Lookups.Single(), [System.Net.IPAddress.Parse("192.0.2.77")], pair.Now);
        pair.Left.Read();
        pair.RunFor(1);

        Assert.Equal(0, asked);
        Assert.Empty(pair.Left.CandidateErrors);
    }

    [Fact]
    public void ServerThatIsNotSpokenTo_IsAnError_AfterGatheringHasBegun()
    {
        var pair = new Pair();
        pair.Left.Apply(pair.Left.Plan with { Gathers = true, Servers = [Server("turns:x.example", "x.example", isSupported: false)] });

        Assert.Equal(701, pair.Left.CandidateErrors.Single().ErrorCode);
        var begun = pair.Left.Events.IndexOf(TransportEventKind.GatheringStateChanged);
        Assert.InRange(begun, 0, pair.Left.Events.IndexOf(TransportEventKind.CandidateError) - 1);
        Assert.Empty(pair.Left.Lookups);
    }

    private static IceServerAddress Server(string url, string host, bool isSupported = true) => new(url, host, 3478, isSupported);

    [Fact]
    public void DatagramFromWhereNoCheckCame_IsNotTaken()
    {
        var pair = Pair.Connected(media: true);
        var datagrams = new List<byte[]>();
        pair.Sent = (side, _, datagram) => datagrams.Add(datagram.ToArray());
        pair.Drop = (_, _) => true;
        Assert.True(pair.SendPicture([0x10, 0, 0]));
        pair.RunFor(0);
        Assert.True(TransportAddress.TryParse("192.0.2.66:6666", out var stranger));
        var batch = new DatagramBatch();
        Assert.True(batch.TryAdd(datagrams[0], stranger));

        Assert.Equal(1, pair.Right.Transport.Receive(batch, 0, pair.Right.Path.Address, pair.Now));
        pair.Right.Read();
        Assert.Empty(pair.Right.Frames);

        batch.Clear();
        Assert.True(batch.TryAdd(datagrams[0], pair.Left.Path.Address));
        pair.Right.Transport.Receive(batch, 0, pair.Right.Path.Address, pair.Now);
        pair.Right.Read();
        Assert.Single(pair.Right.Frames);
    }
}
