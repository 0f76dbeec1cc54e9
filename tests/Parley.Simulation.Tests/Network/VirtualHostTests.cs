using System.Net;
using System.Net.Sockets;
using Parley.Net;

namespace Parley.Simulation.Tests.Network;

public class VirtualHostTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly Simulator _simulator = new(3);

    [Fact]
    public void Bind_ForeignOrTakenAddress_IsRefused()
    {
        var host = _simulator.AddHost("alice", "192.0.2.1", "2001:db8::1");
        var network = host.Platform.Network;
        Assert.Equal(["192.0.2.1", "2001:db8::1"], network.LocalAddresses.Select(address => address.Address.ToString()));
        var refused = Assert.Throws<SocketException>(() => network.Bind(new TransportAddress(IPAddress.Parse("192.0.2.2"), 0)));
        Assert.Equal(SocketError.AddressNotAvailable, refused.SocketErrorCode);

        var socket = network.Bind(new TransportAddress(IPAddress.Parse("192.0.2.1"), 5000));
        var taken = Assert.Throws<SocketException>(() => network.Bind(socket.LocalAddress));
        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
        socket.Dispose();
        Assert.Equal(0, host.OpenSockets);
        network.Bind(socket.LocalAddress).Dispose();
        Assert.NotEqual(0, network.Bind(new TransportAddress(IPAddress.IPv6Any, 0)).LocalAddress.Port);
    }

    [Fact]
    public void Send_WithinOneHost_GoesByLoopback()
    {
        var host = _simulator.AddHost("alice", "192.0.2.1");
        using var first = new Peer(host);
        using var second = new Peer(host, address: "127.0.0.1");
        using var third = new Peer(host, address: "127.0.0.1");
        first.Send(first.Address, 1);
        second.Send(third.Address, 2);
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(1, Assert.Single(first.Received).Number);
        Assert.Equal(second.Address, Assert.Single(third.Received).From);
    }

    [Fact]
    public void Datagram_ThatWaited_HasTheTimeOfItsArrival()
    {
        var host = _simulator.AddHost("alice", "192.0.2.1");
        using var sender = new Peer(host);
        using var socket = host.Platform.Network.Bind(new TransportAddress(IPAddress.Parse("192.0.2.1"), 0));
        sender.Send(socket.LocalAddress, 1);
        _simulator.RunUntilIdle(s_minute);
        var arrived = _simulator.Now;
        _simulator.RunFor(s_minute);

        var batch = new DatagramBatch();
        Assert.Equal(1, socket.Receive(batch));
        Assert.Equal(arrived, batch.ArrivedAt(0));
        Assert.True(_simulator.Now > arrived);
    }

    [Fact]
    public void Send_ToNobody_IsCountedByCause()
    {
        var alice = new Peer(_simulator.AddHost("alice", "192.0.2.1"));
        _simulator.AddHost("bob", "192.0.2.2");
        alice.Send(new TransportAddress(IPAddress.Parse("192.0.2.9"), 1), 1);
        alice.Send(new TransportAddress(IPAddress.Parse("192.0.2.2"), 1), 1);
        alice.Send(new TransportAddress(IPAddress.Parse("2001:db8::1"), 1), 1);
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(2, _simulator.Network.Counters.Lost(LossCause.NoRoute));
        Assert.Equal(1, _simulator.Network.Counters.Lost(LossCause.NoListener));
        Assert.Equal(3, _simulator.Network.Counters.TotalLost);
    }

    [Fact]
    public void Wildcard_Socket_ReceivesForAllAddressesAndSendsFromTheFirst()
    {
        var alice = new Peer(_simulator.AddHost("alice", "192.0.2.1", "192.0.2.3"), 5000, "0.0.0.0");
        var bob = new Peer(_simulator.AddHost("bob", "192.0.2.2"));
        bob.Send(new TransportAddress(IPAddress.Parse("192.0.2.3"), 5000), 1);
        alice.Send(bob.Address, 2);
        _simulator.RunUntilIdle(s_minute);
        Assert.Single(alice.Received);
        Assert.Equal("192.0.2.1:5000", Assert.Single(bob.Received).From.ToString());
    }

    [Fact]
    public void ReceiveBuffer_NobodyReads_TheRestIsLost()
    {
        var alice = new Peer(_simulator.AddHost("alice"));
        var host = _simulator.AddHost("bob");
        host.ReceiveBufferBytes = 5000;
        using var idle = host.Platform.Network.Bind(new TransportAddress(host.Addresses[0], 5000));
        for (var i = 0; i < 10; i++)
        {
            alice.Send(idle.LocalAddress, i, 1000);
        }

        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(5, _simulator.Network.Counters.Lost(LossCause.ReceiveBuffer));
        Assert.Equal(5, idle.Receive(new DatagramBatch()));
    }

    [Fact]
    public void ChangeAddresses_SocketsOfTheOldOne_AreCutOff()
    {
        var host = _simulator.AddHost("alice", "192.0.2.1");
        var old = new Peer(host);
        var bob = new Peer(_simulator.AddHost("bob", "192.0.2.2"));
        host.ChangeAddresses("198.51.100.1");
        Assert.Equal("198.51.100.1", Assert.Single(host.Platform.Network.LocalAddresses).Address.ToString());
        var fresh = new Peer(host);
        old.Send(bob.Address, 1);
        bob.Send(old.Address, 2);
        fresh.Send(bob.Address, 3);
        bob.Send(fresh.Address, 4);
        _simulator.RunUntilIdle(s_minute);
        Assert.Empty(old.Received);
        Assert.Equal(3, Assert.Single(bob.Received).Number);
        Assert.Equal(4, Assert.Single(fresh.Received).Number);
    }

    [Fact]
    public void InterfaceMtu_LargerPacketsAreRefusedWhereTheyAreSent_AndTheSocketNamesTheSmallest()
    {
        var alice = _simulator.AddHost("alice", "192.0.2.1");
        var bob = new Peer(_simulator.AddHost("bob", "192.0.2.2"));
        alice.InterfaceMtu = 1420;
        using var socket = alice.Platform.Network.Bind(new TransportAddress(alice.Addresses[0], 0));
        var batch = new DatagramBatch();
        foreach (var length in (int[])[1500, 1393, 1392, 1400])
        {
            batch.TryAdd(new byte[length], bob.Address, 0);
        }

        Assert.Equal(4, socket.Send(batch));
        Assert.Equal(1393, socket.TakeTooLarge());
        Assert.Equal(0, socket.TakeTooLarge());
        Assert.Equal(3, _simulator.Network.Counters.Lost(LossCause.TooLarge));
    }

    [Fact]
    public void Names_AreResolvedOnVirtualTime()
    {
        var host = _simulator.AddHost("alice");
        _simulator.Network.Names.Set("stun.example", "192.0.2.7", "2001:db8::7");
        var found = _simulator.Run(async () => await host.Platform.Network.ResolveAsync("STUN.example"), s_minute);
        Assert.Equal(["192.0.2.7", "2001:db8::7"], found.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromMilliseconds(5), _simulator.Now - Instant.Zero);
        Assert.Empty(_simulator.Run(async () => await host.Platform.Network.ResolveAsync("unknown.example"), s_minute));
        Assert.Single(_simulator.Run(async () => await host.Platform.Network.ResolveAsync("192.0.2.1"), s_minute));
    }

    [Fact]
    public void Dispose_WithDatagramsWaiting_AnswersQuietly()
    {
        var alice = new Peer(_simulator.AddHost("alice"));
        var host = _simulator.AddHost("bob");
        var socket = host.Platform.Network.Bind(new TransportAddress(host.Addresses[0], 0));
        alice.Send(socket.LocalAddress, 1);
        _simulator.RunUntilIdle(s_minute);
        socket.Dispose();
        socket.Dispose();
        Assert.Equal(0, socket.Receive(new DatagramBatch()));
        alice.Send(socket.LocalAddress, 2);
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(1, _simulator.Network.Counters.Lost(LossCause.NoListener));
    }
}
