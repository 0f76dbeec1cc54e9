using Parley.Simulation;

namespace Parley.Tests.Data;

public class PathMtuTests
{
    private const int MessageSize = 64 * 1024;

    [Theory]
    [InlineData(1280, 1000)]
    [InlineData(1400, 1100)]
    [InlineData(1500, 1200)]
    [InlineData(9000, 5000)]
    public void Channel_OverAPathOfAnMtu_FillsIt(int mtu, int expectedMean)
    {
        var pair = PairOver(mtu, loss: 0);
        var link = pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost);
        Transfer(pair, 200, _ => { });

        Assert.True(
            link.Counters.SentBytes / link.Counters.Sent > expectedMean,
            $"{link.Counters.SentBytes / link.Counters.Sent} bytes on average");
    }

    [Theory]
    [InlineData(9000, 1280, 0.01)]
    [InlineData(1500, 1280, 0.03)]
    [InlineData(9000, 1500, 0.05)]
    public void Path_BecomesNarrowerInATransfer_LosesNothing(int wide, int narrow, double loss)
    {
        var pair = PairOver(wide, loss);
        Transfer(pair, 120, received =>
        {
            if (received == 40)
            {
                pair.Simulator.Network.SetConditions(pair.AliceHost, pair.BobHost, Over(narrow, loss));
            }
        });
    }

    private static Pair PairOver(int mtu, double loss)
    {
        var pair = new Pair();
        pair.Simulator.Network.DefaultConditions = Over(mtu, loss);
        return pair;
    }

    private static LinkConditions Over(int mtu, double loss) => new()
    {
        Delay = TimeSpan.FromMilliseconds(10),
        Rate = 100_000_000,
        QueueBytes = 1024 * 1024,
        Mtu = mtu,
        Loss = loss,
    };

    private static void Transfer(Pair pair, int messages, Action<int> onReceived)
    {
        var received = new List<int>();
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                var done = new TaskCompletionSource();
                pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) =>
                {
                    Assert.Equal(MessageSize, message.Data.Length);
                    received.Add(message.Data.Span[0]);
                    onReceived(received.Count);
                    if (received.Count == messages)
                    {
                        done.SetResult();
                    }
                };
                var channel = pair.Alice.CreateDataChannel("data");
                var opened = new TaskCompletionSource();
                channel.Opened += (_, _) => opened.SetResult();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await opened.Task;
                var bytes = new byte[MessageSize];
                for (var index = 0; index < messages; index++)
                {
                    bytes[0] = (byte)index;
                    await channel.SendAsync(bytes);
                }

                await done.Task;
            },
            seconds: 120);

        Assert.Equal(Enumerable.Range(0, messages), received);
    }
}
