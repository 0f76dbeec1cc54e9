using Parley.Simulation;

namespace Parley.Tests.Data;

public class DataChannelTests
{
    [Fact]
    public void Channel_OpenedByOneSide_CarriesTextAndBytesBothWays()
    {
        var pair = new Pair();
        var atBob = new List<string>();
        var atAlice = new List<string>();
        DataChannel channel = null!;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Bob.DataChannelAdded += (_, args) =>
            {
                Assert.Equal(("chat", "p1", false), (args.Channel.Label, args.Channel.Protocol, args.Channel.Ordered));
                args.Channel.MessageReceived += (_, message) =>
                {
                    atBob.Add(message.IsBinary ? Convert.ToHexString(message.Data.Span) : message.Text);
                    args.Channel.Send($"echo {message.Data.Length}");
                };
            };
            channel = pair.Alice.CreateDataChannel("chat", new DataChannelInit { Protocol = "p1", Ordered = false });
            var opened = new TaskCompletionSource();
            channel.Opened += (_, _) => opened.SetResult();
            channel.MessageReceived += (_, message) => atAlice.Add(message.Text);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await opened.Task;
            channel.Send("hello");
            channel.Send([1, 2, 3]);
            channel.Send("");
            channel.Send(new byte[100_000]);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
        });

        Assert.Equal(4, atBob.Count);
        Assert.Contains("hello", atBob);
        Assert.Contains("010203", atBob);
        Assert.Contains("", atBob);
        Assert.Equal(["echo 0", "echo 100000", "echo 3", "echo 5"], atAlice.Order());
        Assert.Equal(0, channel.BufferedAmount);
        Assert.Equal((ushort)1, channel.Id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Channel_OverABadNetwork_DeliversEachMessageOnceAndInOrder(ulong seed)
    {
        var pair = new Pair(seed);
        pair.Simulator.Network.DefaultConditions = new LinkConditions
        {
            Delay = TimeSpan.FromMilliseconds(30),
            Jitter = TimeSpan.FromMilliseconds(10),
            Loss = 0.2,
            Duplication = 0.1,
            Reordering = 0.1,
        };
        var received = new List<int>();
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                pair.Bob.DataChannelAdded += (_, args) =>
                    args.Channel.MessageReceived += (_, message) => received.Add(int.Parse(message.Text.AsSpan(0, 4)));
                var channel = pair.Alice.CreateDataChannel("data");
                var opened = new TaskCompletionSource();
                channel.Opened += (_, _) => opened.SetResult();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await opened.Task;
                for (var i = 0; i < 500; i++)
                {
                    await channel.SendAsync($"{i:D4}{new string('x', i * 7)}");
                }

                while (received.Count < 500)
                {
                    await pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
                }
            },
            seconds: 600);

        Assert.Equal(Enumerable.Range(0, 500), received);
    }

    [Fact]
    public void Close_ByEitherSide_DeliversWhatWasSentAndFreesTheId()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            DataChannel? remote = null;
            pair.Bob.DataChannelAdded += (_, args) =>
            {
                remote = args.Channel;
                remote.MessageReceived += (_, message) => events.Add($"message {message.Text}");
                remote.Closing += (_, _) => events.Add("closing");
                remote.Closed += (_, _) => events.Add("closed");
            };
            var channel = pair.Alice.CreateDataChannel("a");
            var opened = new TaskCompletionSource();
            var closed = new TaskCompletionSource();
            channel.Opened += (_, _) => opened.SetResult();
            channel.Closed += (_, _) => closed.SetResult();
            channel.Closing += (_, _) => events.Add("closing on the side that closed");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await opened.Task;
            channel.Send("last words");
            channel.Close();
            Assert.Equal(DataChannelState.Closing, channel.ReadyState);
            Assert.Throws<RtcException>(() => channel.Send("too late"));
            await closed.Task;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(DataChannelState.Closed, channel.ReadyState);
            Assert.Equal(DataChannelState.Closed, remote!.ReadyState);
            Assert.Equal(channel.Id, pair.Alice.CreateDataChannel("b").Id);
        });

        Assert.Equal(["message last words", "closing", "closed"], events);
    }

    [Fact]
    public void Reader_ThatStops_ClosesTheWindowInsteadOfFillingMemory()
    {
        var pair = new Pair();
        const int messages = 2_000;
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                var incoming = new TaskCompletionSource<DataChannel>();
                pair.Bob.DataChannelAdded += (_, args) => incoming.SetResult(args.Channel);
                var channel = pair.Alice.CreateDataChannel("bulk");
                var opened = new TaskCompletionSource();
                channel.Opened += (_, _) => opened.SetResult();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await opened.Task;
                var reader = (await incoming.Task).ReadAllAsync().GetAsyncEnumerator();
                var first = reader.MoveNextAsync();
                var sending = SendAllAsync();
                await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
                Assert.False(sending.IsCompleted, "The sender must be held back by the receiver that does not read.");
                Assert.True(await first);
                for (var i = 1; i < messages; i++)
                {
                    Assert.True(await reader.MoveNextAsync());
                }

                await sending;

                async Task SendAllAsync()
                {
                    for (var i = 0; i < messages; i++)
                    {
                        await channel.SendAsync(new byte[16_384]);
                    }
                }
            },
            seconds: 600);
    }
}
