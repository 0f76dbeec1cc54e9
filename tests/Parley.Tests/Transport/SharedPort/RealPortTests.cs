using Parley.Net;

namespace Parley.Tests.Transport.SharedPort;

/// <summary>One port on this machine's loopback: a test of the process itself, so that nothing else may run beside it.</summary>
[Collection(nameof(WholeProcess))]
public class RealPortTests
{
    private const int Messages = 500;
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1";
    private static readonly Platform s_platform = Platform.Loopback;

    [Fact]
    public async Task Connections_ByHundreds_ShareOneSocketPerCoreAndLeaveNothingBehind()
    {
        int count = s_isLong ? 1000 : 200;
        using var port = new SharedUdpPort(null, s_platform);
        Assert.Equal(OperatingSystem.IsLinux() ? Environment.ProcessorCount : 1, port.Sockets);
        List<PortPeer> peers = [];
        try
        {
            for (var i = 0; i < count; i += 20)
            {
                var some = Enumerable.Range(0, 20).Select(_ => new PortPeer(port, s_platform, s_platform)).ToArray();
                peers.AddRange(some);
                await Task.WhenAll(some.Select(peer => Task.Run(peer.ConnectAsync))).WaitAsync(Patience.Limit);
            }

            Assert.Equal(count, port.Transports);
            var answers = await Task.WhenAll(peers.Select((peer, i) => peer.AskAsync($"{i}"))).WaitAsync(Patience.Limit);
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i} echoed"), answers);
            Assert.Equal(
                0, port.Counters.Malformed + port.Counters.UnknownResponses + port.Counters.Overflowed + port.Counters.ContestedAddresses);
        }
        finally
        {
            await Task.WhenAll(peers.Select(peer => peer.DisposeAsync().AsTask()));
        }

        Assert.Equal((0, 0), (port.Transports, port.Entries));
    }

    [Fact]
    public async Task Messages_BothWaysAtFullSpeed_AreWholeAndInOrder()
    {
        using var port = new SharedUdpPort(new SharedUdpPortOptions { SocketsPerAddress = 2 }, s_platform);
        await using var peer = new PortPeer(port, s_platform, s_platform);
        var channel = peer.Client.CreateDataChannel("bulk", new DataChannelInit { Negotiated = true, Id = 100 });
        var remote = peer.Server.CreateDataChannel("bulk", new DataChannelInit { Negotiated = true, Id = 100 });
        var opened = Task.WhenAll(PortPeer.OpenedAsync(channel), PortPeer.OpenedAsync(remote));
        await peer.ConnectAsync();
        await opened;
        await Task.WhenAll(ReadAsync(channel), ReadAsync(remote), SendAsync(channel), SendAsync(remote)).WaitAsync(Patience.Limit);

        static async Task ReadAsync(DataChannel channel)
        {
            var next = 0;
            await foreach (var message in channel.ReadAllAsync())
            {
                Assert.Equal((20_000, (byte)next), (message.Data.Length, message.Data.Span[19_999]));
                if (++next == Messages)
                {
                    return;
                }
            }
        }

        static async Task SendAsync(DataChannel channel)
        {
            var data = new byte[20_000];
            for (var i = 0; i < Messages; i++)
            {
                data[^1] = (byte)i;
                await channel.SendAsync(data);
            }
        }
    }

    [Fact]
    public void Group_OnAPortInUse_IsRefusedThoughTheOtherIsShared()
    {
        using var port = new SharedUdpPort(null, s_platform);
        Assert.Throws<System.Net.Sockets.SocketException>(() =>
            new SharedUdpPort(new SharedUdpPortOptions { Port = port.Port }, s_platform));
    }
}
