namespace Parley.Tests.Data;

/// <summary>
/// What has come for a user who does not take it: an account for each channel and one for a connection, closed by what messages cost.
/// </summary>
public class DeliveryTests
{
    [Theory]
    [InlineData(0, 90_000)]
    [InlineData(1, 90_000)]
    [InlineData(1000, 8000)]
    public void Messages_NotTaken_StopComing(int size, int count)
    {
        var pair = new Pair();
        var taken = 0;
        pair.Run(
            async () =>
            {
                var (sending, receiving) = await OpenAsync(pair);
                var reader = receiving.ReadAllAsync().GetAsyncEnumerator();
                var first = reader.MoveNextAsync();
                SendMany(sending, size, count);
                await first;
                await pair.Simulator.Delay(TimeSpan.FromSeconds(20));
                Assert.False(pair.Bob.Delivery.HasRoom && receiving.Delivery.HasRoom);
                Assert.Equal(1, pair.Bob.Delivery.Pauses + receiving.Delivery.Pauses);
                for (taken = 1; taken < count; taken++)
                {
                    Assert.True(await reader.MoveNextAsync());
                    Assert.InRange(pair.Bob.Delivery.Bytes, 0, DeliveryAccount.MostOfConnection + size + DeliveryAccount.Overhead);
                    Assert.InRange(receiving.Delivery.Bytes, 0, DeliveryAccount.MostOfChannel + size);
                }
            },
            600);
        Assert.Equal(count, taken);
    }

    [Fact]
    public void Messages_OnManyChannels_HaveOneAccount()
    {
        const int Channels = 20;
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                var receiving = new List<IAsyncEnumerator<DataChannelMessage>>();
                var all = new TaskCompletionSource();
                pair.Bob.DataChannelAdded += (_, args) =>
                {
                    receiving.Add(args.Channel.ReadAllAsync().GetAsyncEnumerator());
                    _ = receiving[^1].MoveNextAsync();
                    if (receiving.Count == Channels)
                    {
                        all.SetResult();
                    }
                };
                var sending = Enumerable.Range(0, Channels).Select(id => pair.Alice.CreateDataChannel($"{id}")).ToArray();
                await ConnectAsync(pair);
                await all.Task;
                foreach (var channel in sending)
                {
                    SendMany(channel, 1000, 3000);
                }

                await pair.Simulator.Delay(TimeSpan.FromSeconds(20));
                Assert.InRange(pair.Bob.Delivery.Bytes, DeliveryAccount.MostOfConnection, DeliveryAccount.MostOfConnection + 10_000);
                Assert.Equal(1, pair.Bob.Delivery.Pauses);
            },
            600);
    }

    [Fact]
    public void Channels_OpenedAndClosed_ArePaidBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            await OpenAsync(pair);
            for (var count = 0; count < 20; count++)
            {
                var closed = new TaskCompletionSource();
                var channel = pair.Alice.CreateDataChannel(new string('l', 1000));
                channel.Opened += (_, _) => channel.Close();
                channel.Closed += (_, _) => closed.SetResult();
                await closed.Task;
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Equal(0, pair.Bob.Delivery.Bytes);
        });
    }

    [Fact]
    public void Channels_AreThoseOfTheConfiguration()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            await OpenAsync(pair);
            Assert.Equal((ushort?)1024, pair.Alice.SctpTransport!.MaxChannels);
        });
        var wide = new Pair(configuration: new PeerConnectionConfiguration { MaxDataChannels = 65_535 });
        wide.Run(async () =>
        {
            await OpenAsync(wide);
            Assert.Equal((ushort?)65_535, wide.Alice.SctpTransport!.MaxChannels);
            Assert.Equal(
                (ushort)50_001, wide.Alice.CreateDataChannel("", new DataChannelInit { Negotiated = true, Id = 50_001 }).Id!.Value);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pair(configuration: new PeerConnectionConfiguration { MaxDataChannels = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new Pair(configuration: new PeerConnectionConfiguration { MaxDataChannels = 65_536 }));
    }

    [Fact]
    public void ClosedChannels_KeepABoundedAmountOfNames()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                await OpenAsync(pair);
                var label = new string('l', 60_000);
                for (var count = 0; count < 40; count++)
                {
                    var closed = new TaskCompletionSource();
                    var channel = pair.Alice.CreateDataChannel(label);
                    channel.Opened += (_, _) => channel.Close();
                    channel.Closed += (_, _) => closed.SetResult();
                    await closed.Task;
                }

                var report = await pair.Alice.GetStatsAsync();
                Assert.InRange(report.Values.OfType<DataChannelStats>().Sum(stats => stats.Label.Length), 900_000, 1024 * 1024);
            },
            600);
    }

    private static async Task<(DataChannel Sending, DataChannel Receiving)> OpenAsync(Pair pair)
    {
        var incoming = new TaskCompletionSource<DataChannel>();
        pair.Bob.DataChannelAdded += (_, args) => incoming.TrySetResult(args.Channel);
        var channel = pair.Alice.CreateDataChannel("data");
        await ConnectAsync(pair);
        return (channel, await incoming.Task);
    }

    private static async Task ConnectAsync(Pair pair)
    {
        pair.TrickleBothWays();
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await pair.ConnectedAsync();
    }

    private static void SendMany(DataChannel channel, int size, int count)
    {
        var message = new byte[size];
        for (var sent = 0; sent < count; sent++)
        {
            channel.Send(message);
        }
    }
}
