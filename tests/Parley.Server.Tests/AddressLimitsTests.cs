using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Server.Tests;

/// <summary>How many sockets one address may have, and who counts as one.</summary>
public sealed class AddressLimitsTests
{
    [Fact]
    public void Sockets_OfOneAddress_AreBoundedAndOthersServed()
    {
        var limits = new AddressLimits(new SignalingOptions { ConnectionsPerAddress = 2 }, TimeProvider.System);

        Assert.Null(limits.Enter(From("192.0.2.1"), out IPAddress? key));
        Assert.Null(limits.Enter(From("::ffff:192.0.2.1"), out _));
        Assert.Equal(RefusalReason.AddressConnections, limits.Enter(From("192.0.2.1"), out _));
        Assert.Null(limits.Enter(From("192.0.2.2"), out _));
        limits.Leave(key);
        Assert.Null(limits.Enter(From("192.0.2.1"), out _));
    }

    [Fact]
    public void Sockets_OpenedTooFast_AreRefusedUntilTimePasses()
    {
        var time = new FakeTimeProvider();
        var limits = new AddressLimits(new SignalingOptions { JoinsPerMinutePerAddress = 60 }, time);

        for (int i = 0; i < 60; i++)
        {
            Assert.Null(limits.Enter(From("192.0.2.1"), out IPAddress? key));
            limits.Leave(key);
        }

        Assert.Equal(RefusalReason.AddressJoins, limits.Enter(From("192.0.2.1"), out _));
        time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Null(limits.Enter(From("192.0.2.1"), out _));
    }

    [Fact]
    public void Sockets_OfOneIPv6Line_CountTogether()
    {
        var limits = new AddressLimits(new SignalingOptions { ConnectionsPerAddress = 1 }, TimeProvider.System);

        Assert.Null(limits.Enter(From("2001:db8:1:2::1"), out _));
        Assert.NotNull(limits.Enter(From("2001:db8:1:2:ffff::2"), out _));
        Assert.Null(limits.Enter(From("2001:db8:1:3::1"), out _));
    }

    [Fact]
    public void Loopback_AndLimitsThatAreOff_CountNothing()
    {
        var limits = new AddressLimits(
            new SignalingOptions { ConnectionsPerAddress = 1, JoinsPerMinutePerAddress = 1 }, TimeProvider.System);
        var off = new AddressLimits(new SignalingOptions { ConnectionsPerAddress = 0, JoinsPerMinutePerAddress = 0 }, TimeProvider.System);

        for (int i = 0; i < 5; i++)
        {
            Assert.Null(limits.Enter(From("127.0.0.1"), out _));
            Assert.Null(limits.Enter(From("::1"), out _));
            Assert.Null(limits.Enter(From("::ffff:127.0.0.2"), out _));
            Assert.Null(off.Enter(From("192.0.2.1"), out _));
        }
    }

    [Fact]
    public void BehindANamedProxy_TheForwardedAddressCounts_AndNobodyElseIsBelieved()
    {
        var options = new SignalingOptions { ConnectionsPerAddress = 1, TrustedProxies = { "127.0.0.1", "10.0.0.0/8" } };
        var limits = new AddressLimits(options, TimeProvider.System);

        // What stands to the left of the proxies' own words may be anybody's invention.
        Assert.Null(limits.Enter(From("127.0.0.1", "198.51.100.9, 192.0.2.1, 10.1.2.3"), out IPAddress? key));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), key);
        Assert.NotNull(limits.Enter(From("127.0.0.1", "203.0.113.7, 192.0.2.1"), out _));
        Assert.NotNull(limits.Enter(From("10.0.0.1", "192.0.2.1:4711"), out _));
        Assert.Null(limits.Enter(From("127.0.0.1", "[2001:db8::1]:4711"), out _));

        // From an address that is no proxy of ours the header counts for nothing.
        Assert.Null(limits.Enter(From("192.0.2.99", "192.0.2.50"), out key));
        Assert.Equal(IPAddress.Parse("192.0.2.99"), key);
        Assert.NotNull(limits.Enter(From("192.0.2.99", "192.0.2.51"), out _));
    }

    [Fact]
    public async Task Socket_TooMany_IsRefusedWith429_AndCounted()
    {
        using var counted = new Counted("parley.signaling.refused", "AddressConnections");
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.TrustedProxies.Add("127.0.0.1");
            o.ConnectionsPerAddress = 1;
        });
        await using RawPeer first = await RawPeer.ConnectAsync(server, "demo", headers: ("X-Forwarded-For", "192.0.2.1"));
        await first.ExpectAsync("welcome");

        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() =>
            RawPeer.ConnectAsync(server, "demo", headers: ("X-Forwarded-For", "192.0.2.1")));
        await counted.ExpectAsync();
        await using RawPeer other = await RawPeer.ConnectAsync(server, "demo", headers: ("X-Forwarded-For", "192.0.2.2"));
        await other.ExpectAsync("welcome");

        // With its socket an address gets its place back.
        await first.CloseAsync();
        while (true)
        {
            try
            {
                await using RawPeer again = await RawPeer.ConnectAsync(server, "demo", headers: ("X-Forwarded-For", "192.0.2.1"));
                break;
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                await Task.Delay(10);
            }
        }
    }

    private static DefaultHttpContext From(string address, string? forwarded = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        if (forwarded is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        return context;
    }
}
