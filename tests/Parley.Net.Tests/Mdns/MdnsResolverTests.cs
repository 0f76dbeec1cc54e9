using System.Net;
using System.Net.Sockets;
using Parley.Net.Mdns;

namespace Parley.Net.Tests.Mdns;

public class MdnsResolverTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Resolve_ResponderAnswers_YieldsTheAddress()
    {
        using var responder = new Responder(AddressFamily.InterNetwork, (query, _) => [AnswerTo(query)]);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await responder.Resolver().ResolveAsync("host.local", default));
    }

    [Fact]
    public async Task Resolve_OverIPv6_YieldsTheAddress()
    {
        using var responder = new Responder(AddressFamily.InterNetworkV6, (query, _) => [AnswerTo(query)]);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await responder.Resolver().ResolveAsync("host.local", default));
    }

    [Fact]
    public async Task Resolve_FirstQueryLost_AsksAgain()
    {
        using var responder = new Responder(AddressFamily.InterNetwork, (query, number) => number == 1 ? [] : [AnswerTo(query)]);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await responder.Resolver(retry: s_soon).ResolveAsync("host.local", default));
    }

    [Fact]
    public async Task Resolve_RubbishBeforeTheAnswer_IsPassedOver()
    {
        using var responder = new Responder(AddressFamily.InterNetwork, (query, _) =>
        {
            var otherId = AnswerTo(query);
            otherId[0] ^= 0xFF;
            return [[], [1, 2, 3], query, otherId, AnswerTo(query)];
        });
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await responder.Resolver().ResolveAsync("host.local", default));
    }

    [Fact]
    public async Task Resolve_NobodyAnswers_IsEmptyWhenTheTimeIsUp()
    {
        using var responder = new Responder(AddressFamily.InterNetwork, (_, _) => []);
        Assert.Empty(await responder.Resolver(timeout: s_soon).ResolveAsync("host.local", default));
    }

    [Fact]
    public async Task Resolve_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        using var responder = new Responder(AddressFamily.InterNetwork, (_, _) =>
        {
            cancel.Cancel();
            return [];
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await responder.Resolver().ResolveAsync("host.local", cancel.Token));
    }

    [Fact]
    public async Task Resolve_NowhereToAsk_IsEmpty()
    {
        Assert.Empty(await new MdnsResolver(() => []).ResolveAsync("host.local", default));
        Assert.Empty(await new MdnsResolver(() => []).ResolveAsync("a..local", default));
    }

    [Fact]
    public async Task Network_MulticastDnsOff_LocalNamesAreUnknown()
    {
        var network = new UdpNetwork(new UdpNetworkOptions { MulticastDns = false });
        Assert.Empty(await network.ResolveAsync("host.local"));
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await network.ResolveAsync("192.0.2.1"));
        Assert.Contains(await network.ResolveAsync("localhost"), IPAddress.IsLoopback);
    }

    [Theory]
    [InlineData("a.local", true)]
    [InlineData("A.LOCAL.", true)]
    [InlineData("local", false)]
    [InlineData("a.local.example", false)]
    public void IsLocalName_Names_AreJudged(string name, bool local) => Assert.Equal(local, MdnsResolver.IsLocalName(name));

    private static byte[] AnswerTo(byte[] query) =>
        [
            .. query.AsSpan(0, 2),
            .. DnsMessageTests.Hex("8400 0000 0001 0000 0000 04 686F7374 05 6C6F63616C 00 0001 8001 00000078 0004 C0000207"),
        ];

    /// <summary>Answers queries over loopback, where no multicast is sent.</summary>
    private sealed class Responder : IDisposable
    {
        private readonly Socket _socket;
        private readonly Func<byte[], int, byte[][]> _answers;

        public Responder(AddressFamily family, Func<byte[], int, byte[][]> answers)
        {
            _answers = answers;
            _socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            _socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
            _ = AnswerAsync();
        }

        public MdnsResolver Resolver(TimeSpan? timeout = null, TimeSpan? retry = null)
        {
            var endPoint = (IPEndPoint)_socket.LocalEndPoint!;
            MdnsDestination[] destinations = [new(new TransportAddress(endPoint.Address, endPoint.Port), 0)];
            return new MdnsResolver(() => destinations, timeout ?? TimeSpan.FromSeconds(10), retry);
        }

        public void Dispose() => _socket.Dispose();

        private async Task AnswerAsync()
        {
            var buffer = new byte[2000];
            for (var number = 1; ; number++)
            {
                try
                {
                    var received = await _socket.ReceiveFromAsync(buffer, _socket.LocalEndPoint!);
                    foreach (var answer in _answers(buffer[..received.ReceivedBytes], number))
                    {
                        await _socket.SendToAsync(answer, received.RemoteEndPoint);
                    }
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
