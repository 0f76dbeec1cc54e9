using System.Text;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class DataChannelTests
{
    [Fact]
    public void Open_BeforeTheAssociationIsUp_OpensAndAnnounces()
    {
        var pair = WithChannels();
        var parameters =
            new DataChannelParameters { Label = "chat ♥", Protocol = "p", Ordered = false, MaxRetransmits = 3, Priority = 512 };
        var channel = pair.A.Channels!.Open(parameters);
        Assert.Null(pair.A.Channels.IdOf(channel));
        Connect(pair);

        var opened = Single(pair.A, DataChannelEventKind.ChannelOpened);
        var announced = Single(pair.B, DataChannelEventKind.ChannelAnnounced);
        Assert.Equal(channel, opened.Channel);
        Assert.Equal(new StreamId(0), opened.Id);
        Assert.Equal(parameters with { Id = 0 }, announced.Parameters);
    }

    [Fact]
    public void Open_BothRoles_TakeIdsOfTheirParity()
    {
        var pair = WithChannels();
        Connect(pair);
        var client = Enumerable.Range(0, 3).Select(_ => pair.A.Channels!.Open(new DataChannelParameters())).ToArray();
        var server = Enumerable.Range(0, 3).Select(_ => pair.B.Channels!.Open(new DataChannelParameters())).ToArray();

        Assert.Equal([0, 2, 4], client.Select(channel => (int)pair.A.Channels!.IdOf(channel)!.Value.Value));
        Assert.Equal([1, 3, 5], server.Select(channel => (int)pair.B.Channels!.IdOf(channel)!.Value.Value));
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(6, pair.A.Channels!.Count);
        Assert.Equal(6, pair.B.Channels!.Count);
    }

    [Fact]
    public void Send_BothWays_KeepsTypeAndEmptiness()
    {
        var (pair, a, b) = OpenOne();
        Assert.Equal(DataChannelSendStatus.Queued, pair.A.Channels!.Send(a, false, "häl"u8, pair.Now));
        Assert.Equal(DataChannelSendStatus.Queued, pair.A.Channels.Send(a, true, [], pair.Now));
        Assert.Equal(DataChannelSendStatus.Queued, pair.A.Channels.Send(a, false, [], pair.Now));
        Assert.Equal(DataChannelSendStatus.Queued, pair.B.Channels!.Send(b, true, [1, 2], pair.Now));
        pair.RunFor(TimeSpan.FromSeconds(1));

        var got = Messages(pair.B);
        Assert.Equal([(false, "häl"), (true, ""), (false, "")], got.Select(told => (told.IsBinary, Encoding.UTF8.GetString(told.Payload))));
        Assert.Equal([1, 2], Messages(pair.A).Single().Payload);
        Assert.Equal(0, pair.A.Channels.BufferedAmount(a));
    }

    [Fact]
    public void Send_RightAfterOpenWithoutAck_ArrivesAfterTheAnnouncement()
    {
        var pair = WithChannels();
        Connect(pair);
        pair.Loss = 0.3;
        pair.Jitter = TimeSpan.FromMilliseconds(50);
        var channel = pair.A.Channels!.Open(new DataChannelParameters { Ordered = false });
        for (byte index = 0; index < 20; index++)
        {
            pair.A.Channels.Send(channel, true, [index], pair.Now);
        }

        pair.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(
            DataChannelEventKind.ChannelAnnounced,
            pair.B.ChannelEvents.First(told => told.Kind != DataChannelEventKind.AssociationConnected).Kind);
        Assert.Equal(Enumerable.Range(0, 20), Messages(pair.B).Select(told => (int)told.Payload[0]).Order());
    }

    [Theory]
    [InlineData(false, 0.0)]
    [InlineData(false, 0.3)]
    [InlineData(true, 0.0)]
    [InlineData(true, 0.3)]
    public void Close_WithMessagesQueued_DeliversThemThenClosesBothAndFreesTheId(bool bothAtOnce, double loss)
    {
        for (ulong seed = 1; seed < 15; seed++)
        {
            var (pair, a, b) = OpenOne(seed);
            pair.Loss = loss;
            for (byte index = 0; index < 50; index++)
            {
                pair.A.Channels!.Send(a, true, new byte[1000], pair.Now);
            }

            pair.A.Channels!.Close(a);
            Assert.Equal(DataChannelSendStatus.NotOpen, pair.A.Channels.Send(a, true, [1], pair.Now));
            if (bothAtOnce)
            {
                pair.B.Channels!.Close(b);
            }

            Assert.True(
                pair.RunUntil(() => Has(pair.A, DataChannelEventKind.ChannelClosed) && Has(pair.B, DataChannelEventKind.ChannelClosed)),
                $"seed {seed}");
            Assert.Equal(50, Messages(pair.B).Count());
            Assert.Equal(!bothAtOnce, Has(pair.B, DataChannelEventKind.ChannelClosing) && !bothAtOnce);
            Assert.Equal(0, pair.A.Channels.Count);
            Assert.Equal(0, pair.B.Channels!.Count);

            pair.RunFor(TimeSpan.FromSeconds(20));
            pair.B.ChannelEvents.Clear();
            var again = pair.A.Channels.Open(new DataChannelParameters { Label = "again" });
            Assert.Equal(new StreamId(0), pair.A.Channels.IdOf(again));
            pair.A.Channels.Send(again, true, [9], pair.Now);
            Assert.True(pair.RunUntil(() => Messages(pair.B).Any()), $"seed {seed}, again");
            Assert.Equal([9], Messages(pair.B).Single().Payload);
            pair.RunFor(TimeSpan.FromSeconds(30));
            Assert.False(Has(pair.B, DataChannelEventKind.ChannelClosed), $"seed {seed}: the new channel was closed");
        }
    }

    [Fact]
    public void Close_OfManyUnderLossWhileOthersSend_ClosesAll()
    {
        for (ulong seed = 1; seed < 10; seed++)
        {
            var pair = WithChannels(seed);
            Connect(pair);
            pair.Loss = 0.2;
            var channels = Enumerable.Range(0, 30).Select(_ => pair.A.Channels!.Open(new DataChannelParameters())).ToArray();
            pair.RunFor(TimeSpan.FromSeconds(20));
            foreach (var channel in channels)
            {
                pair.A.Channels!.Send(channel, true, new byte[3000], pair.Now);
            }

            foreach (var channel in channels.Take(15))
            {
                pair.A.Channels!.Close(channel);
            }

            Assert.True(
                pair.RunUntil(() =>
                    Count(pair.A, DataChannelEventKind.ChannelClosed) == 15 && Count(pair.B, DataChannelEventKind.ChannelClosed) == 15),
                $"seed {seed}");
            pair.RunUntil(() => Messages(pair.B).Count() == 30);
            Assert.Equal(30, Messages(pair.B).Count());
            Assert.Equal(15, pair.A.Channels!.Count);
        }
    }

    [Fact]
    public void Negotiated_BothSides_CarryMessagesWithoutAnnouncement()
    {
        var pair = WithChannels();
        var parameters = new DataChannelParameters { Negotiated = true, Id = 40 };
        var a = pair.A.Channels!.Open(parameters);
        Connect(pair);
        pair.A.Channels.Send(a, false, "early"u8, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(
            pair.B.ChannelEvents, told => told.Kind is DataChannelEventKind.ChannelAnnounced or DataChannelEventKind.MessageReceived);

        pair.B.Channels!.Open(parameters);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal("early", Encoding.UTF8.GetString(Messages(pair.B).Single().Payload));
    }

    [Fact]
    public void BufferedAmount_FallsToTheThreshold_TellsOnce()
    {
        var (pair, a, _) = OpenOne();
        pair.A.Channels!.SetBufferedAmountLowThreshold(a, 50_000);
        for (var index = 0; index < 20; index++)
        {
            pair.A.Channels.Send(a, true, new byte[10_000], pair.Now);
        }

        Assert.Equal(200_000, pair.A.Channels.BufferedAmount(a));
        pair.RunFor(TimeSpan.FromSeconds(5));

        Assert.Equal(0, pair.A.Channels.BufferedAmount(a));
        Assert.Equal(1, Count(pair.A, DataChannelEventKind.BufferedAmountLow));
        Assert.Equal(
            200_000, pair.A.ChannelEvents.Where(told => told.Kind == DataChannelEventKind.BufferedAmountDecreased).Sum(told => told.Bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("03")]
    [InlineData("03 00 00 00 00 00 00 00 00 05 00 00")]
    [InlineData("03 03 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("77 00 00 00 00 00 00 00 00 00 00 00")]
    public void MalformedOpen_OnAFreshStream_ResetsIt(string hex)
    {
        var pair = WithChannels();
        Connect(pair);
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        pair.A.Association.Send(new StreamId(8), PayloadProtocolId.DataChannelControl, bytes.Length == 0 ? [0] : bytes, default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal(0, pair.B.Channels!.Count);
        Assert.Contains(pair.B.Sent, packet => Chunks.Has(packet, ChunkType.Reconfig));
        Assert.DoesNotContain(pair.B.ChannelEvents, told => told.Kind == DataChannelEventKind.ChannelAnnounced);
    }

    [Fact]
    public void SecondOpen_OnAStreamInUse_ClosesTheChannel()
    {
        var (pair, a, _) = OpenOne();
        pair.A.Association.Send(pair.A.Channels!.IdOf(a)!.Value, PayloadProtocolId.DataChannelControl,
            DataChannelOpenMessage.Write(new DataChannelParameters()), default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(5));

        Assert.True(Has(pair.B, DataChannelEventKind.ChannelClosed));
        Assert.True(Has(pair.A, DataChannelEventKind.ChannelClosed));
    }

    [Fact]
    public void Ack_OfFourBytes_IsTaken()
    {
        var (pair, a, b) = OpenOne();
        pair.B.Association.Send(pair.B.Channels!.IdOf(b)!.Value, PayloadProtocolId.DataChannelControl, [2, 0, 0, 0], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal(DataChannelSendStatus.Queued, pair.A.Channels!.Send(a, true, [1], pair.Now));
    }

    [Fact]
    public void Parts_InTheDeprecatedWay_MakeOneMessage()
    {
        var (pair, a, _) = OpenOne();
        var id = pair.A.Channels!.IdOf(a)!.Value;
        pair.A.Association.Send(id, PayloadProtocolId.BinaryPartial, [1, 2], default, pair.Now);
        pair.A.Association.Send(id, PayloadProtocolId.BinaryPartial, [3], default, pair.Now);
        pair.A.Association.Send(id, PayloadProtocolId.Binary, [4], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 2, 3, 4], Messages(pair.B).Single().Payload);
    }

    [Fact]
    public void Failure_OfTheAssociation_ClosesAllChannels()
    {
        var (pair, _, _) = OpenOne();
        var waiting = pair.B.Channels!.Open(new DataChannelParameters { Negotiated = true, Id = 9 });
        pair.A.Association.Abort("enough", pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.True(Has(pair.B, DataChannelEventKind.AssociationFailed));
        Assert.Equal(2, Count(pair.B, DataChannelEventKind.ChannelClosed));
        Assert.Null(pair.B.Channels.IdOf(waiting));
        Assert.Equal(DataChannelSendStatus.NotOpen, pair.B.Channels.Send(waiting, true, [1], pair.Now));
    }

    [Fact]
    public void MessageLargerThanTaken_ClosesTheChannelAndKeepsTheAssociation()
    {
        var pair = WithChannels(1, new SctpOptions { RemoteMaxMessageSize = 0 }, new SctpOptions { MaxMessageSize = 10_000 });
        Connect(pair);
        var a = pair.A.Channels!.Open(new DataChannelParameters());
        pair.A.Channels.Send(a, true, new byte[10_000], pair.Now);
        pair.A.Channels.Send(a, true, new byte[10_001], pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(5));

        Assert.Equal(10_000, Messages(pair.B).Single().Payload.Length);
        Assert.True(Has(pair.B, DataChannelEventKind.MessageTooLarge));
        Assert.True(Has(pair.A, DataChannelEventKind.ChannelClosed));
        Assert.Equal(SctpState.Established, pair.A.Association.State);
    }

    [Fact]
    public void Open_Misused_Throws()
    {
        var session = WithChannels().A.Channels!;
        Assert.Throws<ArgumentException>(() => session.Open(new DataChannelParameters { Label = new string('x', 65_536) }));
        Assert.Throws<ArgumentException>(() => session.Open(new DataChannelParameters { MaxRetransmits = 1, MaxLifetime = 1 }));
        Assert.Throws<ArgumentException>(() => session.Open(new DataChannelParameters { Negotiated = true }));
        Assert.Throws<ArgumentException>(() => session.Open(new DataChannelParameters { Negotiated = true, Id = 65_535 }));
        session.Open(new DataChannelParameters { Negotiated = true, Id = 1 });
        Assert.Throws<ArgumentException>(() => session.Open(new DataChannelParameters { Negotiated = true, Id = 1 }));
    }

    [Fact]
    public void OpenMessage_LongestNames_GoesRoundWhole()
    {
        var parameters =
            new DataChannelParameters { Label = new string('l', 65_535), Protocol = new string('p', 65_535), MaxLifetime = 65_535 };
        Assert.True(DataChannelOpenMessage.TryParse(DataChannelOpenMessage.Write(parameters), out var read, out _));
        Assert.Equal(parameters, read);
    }

    [Fact]
    public void OpenMessage_TruncatedAtEachLength_IsRefused()
    {
        var whole = DataChannelOpenMessage.Write(new DataChannelParameters { Label = "label", Protocol = "protocol" });
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(DataChannelOpenMessage.TryParse(whole.AsSpan(0, length), out _, out var error));
            Assert.NotEqual(SctpParseError.None, error);
        }
    }

    /// <summary>The peer has seen both resets, this side not yet: what comes then on the stream is for the id's next channel.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IdUsedAgain_WhileTheAnswerToTheResetIsLost_IsAnnouncedOnceTheOldChannelIsClosed(bool closesAgain)
    {
        var (pair, a, b) = OpenOne();
        var answersAreLost = true;
        pair.Filter = (from, packet) => !answersAreLost || from != pair.A || !IsReconfigResponse(packet);
        pair.A.Channels!.Close(a);
        Assert.True(pair.RunUntil(() => Has(pair.A, DataChannelEventKind.ChannelClosed)));

        var again = pair.A.Channels.Open(new DataChannelParameters { Label = "again" });
        Assert.Equal(new StreamId(0), pair.A.Channels.IdOf(again));
        pair.A.Channels.Send(again, true, [9], pair.Now);
        if (closesAgain)
        {
            pair.A.Channels.Close(again);
        }

        pair.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.False(Has(pair.B, DataChannelEventKind.ChannelClosed));
        answersAreLost = false;
        pair.RunFor(TimeSpan.FromSeconds(60));

        DataChannelEventKind[] told =
        [
            DataChannelEventKind.ChannelAnnounced, DataChannelEventKind.ChannelClosing, DataChannelEventKind.ChannelClosed,
            DataChannelEventKind.ChannelAnnounced,
            DataChannelEventKind.MessageReceived,
        ];
        DataChannelEventKind[] toldLast = closesAgain ? [DataChannelEventKind.ChannelClosing, DataChannelEventKind.ChannelClosed] : [];
        Assert.Equal(
            [.. told, .. toldLast], pair.B.ChannelEvents.Select(happened => happened.Kind).Where(kind =>
                kind != DataChannelEventKind.AssociationConnected && kind != DataChannelEventKind.BufferedAmountDecreased));
        Assert.Equal(b, Told(pair.B, DataChannelEventKind.ChannelAnnounced, 0).Channel);
        Assert.Equal("again", Told(pair.B, DataChannelEventKind.ChannelAnnounced, 1).Parameters!.Label);
        Assert.Equal(closesAgain ? 0 : 1, pair.A.Channels.Count);
        Assert.Equal(closesAgain ? 0 : 1, pair.B.Channels!.Count);
    }

    /// <summary>Nothing was sent in between: the resets name the same stream and the same TSN.</summary>
    [Fact]
    public void Negotiated_OpenedAndClosedAgainWithoutAMessage_ClosesEachTime()
    {
        var pair = WithChannels();
        Connect(pair);
        for (var time = 1; time <= 3; time++)
        {
            var a = pair.A.Channels!.Open(new DataChannelParameters { Negotiated = true, Id = 8 });
            pair.B.Channels!.Open(new DataChannelParameters { Negotiated = true, Id = 8 });
            pair.RunFor(TimeSpan.FromSeconds(1));
            pair.A.Channels.Close(a);
            pair.RunFor(TimeSpan.FromSeconds(5));
            Assert.Equal(
                (time, time), (Count(pair.A, DataChannelEventKind.ChannelClosed), Count(pair.B, DataChannelEventKind.ChannelClosed)));
        }
    }

    private static bool IsReconfigResponse(byte[] packet) =>
        Chunks.Has(packet, ChunkType.Reconfig) && Chunks.ValueOf(packet, ChunkType.Reconfig)[1] == (byte)ReconfigParameterType.Response;

    private static Pair WithChannels(ulong seed = 1, SctpOptions? a = null, SctpOptions? b = null)
    {
        var pair = new Pair(seed, a ?? new SctpOptions { MaxRetransmissions = 1000 }, b ?? new SctpOptions { MaxRetransmissions = 1000 });
        foreach (var side in (Pair.Side[])[pair.A, pair.B])
        {
            side.Channels = new DataChannelSession(side.Association, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            side.Channels.SetRole(side == pair.A);
        }

        return pair;
    }

    private static void Connect(Pair pair)
    {
        pair.A.Association.Connect(pair.Now);
        pair.B.Association.Connect(pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(Has(pair.A, DataChannelEventKind.AssociationConnected));
    }

    private static (Pair Pair, DataChannelHandle A, DataChannelHandle B) OpenOne(ulong seed = 1)
    {
        var pair = WithChannels(seed);
        Connect(pair);
        var a = pair.A.Channels!.Open(new DataChannelParameters());
        pair.RunFor(TimeSpan.FromSeconds(1));
        return (pair, a, Single(pair.B, DataChannelEventKind.ChannelAnnounced).Channel);
    }

    private static Pair.DataChannelTold Single(Pair.Side side, DataChannelEventKind kind) =>
        Assert.Single(side.ChannelEvents, told => told.Kind == kind);

    private static Pair.DataChannelTold Told(Pair.Side side, DataChannelEventKind kind, int index) =>
        side.ChannelEvents.Where(told => told.Kind == kind).ElementAt(index);

    private static bool Has(Pair.Side side, DataChannelEventKind kind) => side.ChannelEvents.Any(told => told.Kind == kind);

    private static int Count(Pair.Side side, DataChannelEventKind kind) => side.ChannelEvents.Count(told => told.Kind == kind);

    private static IEnumerable<Pair.DataChannelTold> Messages(Pair.Side side) =>
        side.ChannelEvents.Where(told => told.Kind == DataChannelEventKind.MessageReceived);
}
