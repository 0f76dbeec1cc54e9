using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp;

namespace Parley.Transport.Tests;

public class DataTests
{
    [Fact]
    public void Messages_GoBothWays_InOrder()
    {
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        for (var i = 0; i < 100; i++)
        {
            pair.Left.Transport.Send(channel.Left, [(byte)i], isBinary: true, pair.Now);
            pair.Right.Transport.Send(channel.Right, [(byte)(200 - i)], isBinary: true, pair.Now);
        }

        pair.Expect(() => pair.Left.Messages.Count == 100 && pair.Right.Messages.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), pair.Right.Messages.Select(message => message[0]));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)(200 - i)), pair.Left.Messages.Select(message => message[0]));
        Assert.Contains(TransportEventKind.BufferedAmountDecreased, pair.Left.Events);
    }

    [Fact]
    public void MessagesBeyondTheAssociationsBuffer_Wait_AndTheCloseBehindThemToo()
    {
        // Its send buffer holds 32 MiB.
        const int Count = 700;
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        pair.Right.IsTerse = true;
        var message = new byte[64_000];
        for (var i = 0; i < Count; i++)
        {
            pair.Left.Transport.Send(channel.Left, message, isBinary: true, pair.Now);
        }

        pair.Left.Transport.CloseChannel(channel.Left);
        pair.Expect(() => pair.Left.Events.Contains(TransportEventKind.ChannelClosed), seconds: 600);
        Assert.Equal(Count, pair.Right.MessagesRead);
    }

    [Fact]
    public void PausedReader_IsGivenNothing_UntilItGoesOn()
    {
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        pair.Right.Transport.ReceivePaused = true;
        pair.Left.Transport.Send(channel.Left, "held"u8, isBinary: false, pair.Now);
        pair.RunFor(1);
        Assert.Empty(pair.Right.Messages);

        pair.Right.Transport.ReceivePaused = false;
        pair.Right.Read();
        Assert.Equal("held"u8, pair.Right.Messages.Single());
    }

    [Fact]
    public void Receive_StopsWhereThereIsSomethingToRead_AndGoesOn()
    {
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        pair.RunFor(1);
        var datagrams = new List<byte[]>();
        pair.Sent = (side, _, datagram) => datagrams.Add(datagram.ToArray());
        pair.Drop = (side, _) => side == pair.Left;
        for (var i = 0; i < 3; i++)
        {
            pair.Left.Transport.Send(channel.Left, new byte[1000], isBinary: true, pair.Now);
        }

        pair.RunFor(0);
        Assert.Equal(3, datagrams.Count);
        var batch = new DatagramBatch();
        datagrams.ForEach(datagram => Assert.True(batch.TryAdd(datagram, pair.Left.Path.Address)));

        Assert.Equal(1, pair.Right.Transport.Receive(batch, 0, pair.Right.Path.Address, pair.Now));
        pair.Right.Read();
        Assert.Single(pair.Right.Messages);
        Assert.Equal(2, pair.Right.Transport.Receive(batch, 1, pair.Right.Path.Address, pair.Now));

        // Whoever does not read loses nothing.
        Assert.Equal(3, pair.Right.Transport.Receive(batch, 2, pair.Right.Path.Address, pair.Now));
        pair.Right.Read();
        Assert.Equal(3, pair.Right.Messages.Count);
    }

    [Fact]
    public void AssociationThatThePlanDropsOrReplaces_Ends()
    {
        var pair = Pair.Connected(data: true);
        pair.OpenChannel();

        pair.Left.Apply(pair.Left.Plan with { Sctp = null });
        pair.Expect(() => pair.Right.Events.Contains(TransportEventKind.SctpClosed));
        Assert.False(pair.Left.Transport.HasData);
        Assert.Null(pair.Left.Transport.OpenChannel(new DataChannelParameters { Label = "late" }));

        pair.Left.Events.Clear();
        pair.Right.Events.Clear();
        pair.Left.Apply(pair.Left.Plan with { Sctp = new SctpPlan(2, 5000, 65_536) });
        pair.Right.Apply(pair.Right.Plan with { Sctp = new SctpPlan(2, 5000, 65_536) });
        var channel = pair.OpenChannel();
        pair.Left.Transport.Send(channel.Left, "again"u8, isBinary: false, pair.Now);
        pair.Expect(() => pair.Right.Messages.Count == 1);
    }

    [Fact]
    public void Id_ThatThePeerHasTaken_IsRefused()
    {
        var pair = Pair.Connected(data: true);
        pair.OpenChannel();
        var taken = pair.Right.Transport.OpenChannel(new DataChannelParameters { Label = "same", Negotiated = true, Id = 1 });

        Assert.Null(taken);
    }

    [Fact]
    public void SteadyStream_AllocatesNothing()
    {
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        pair.Left.IsTerse = pair.Right.IsTerse = true;
        var message = new byte[1000];
        var sent = 0;
        void Window()
        {
            for (var i = 0; i < 200; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(message, ++sent);
                pair.Left.Transport.Send(channel.Left, message, isBinary: true, pair.Now);
                pair.RunFor(0.005);
            }
        }

        Window();
        Assert.Equal(0, SteadyState.Allocates(Window) / 200);
        Assert.True(pair.Right.MessagesRead >= sent - 1);
    }
}
