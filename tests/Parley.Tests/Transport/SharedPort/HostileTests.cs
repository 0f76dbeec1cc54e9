using System.Net;
using System.Text;
using Parley.Ice;
using Parley.Net;
using Parley.Simulation;
using Parley.Stun;

namespace Parley.Tests.Transport.SharedPort;

/// <summary>Who is told what comes from where, and who is not: the table of a shared port, and strangers that send to it.</summary>
public class HostileTests
{
    private static readonly TransportAddress s_remote = new(IPAddress.Parse("192.0.2.7"), 5000);
    private static readonly byte[] s_dtls = [22, 0xFE, 0xFD, 0, 0];
    private readonly Simulator _simulator = new(1);
    private readonly VirtualHost _host;
    private readonly SharedUdpPort _port;
    private readonly PortTable _table;

    public HostileTests()
    {
        _host = _simulator.AddHost("server", "10.0.0.1");
        _port = new SharedUdpPort(new SharedUdpPortOptions { MaxWaitingBytes = 10_000 }, _host.Platform);
        _table = _port.Table;
    }

    [Fact]
    public void Check_IsFoundByTheFirstHalfOfItsUsernameAlone()
    {
        var (member, other) = (Join("aaaa"), Join("bbbb"));
        Assert.Same(member, _table.Find(Request("aaaa:peer"), s_remote));
        Assert.Same(other, _table.Find(Request("bbbb:aaaa"), s_remote));
        Assert.Null(_table.Find(Request("aaa:peer"), s_remote));
        Assert.Null(_table.Find(Request("aaaa"), s_remote));
        Assert.Null(_table.Find(Request(":aaaa"), s_remote));
        Assert.Null(_table.Find(Request("peer:aaaa"), s_remote));
        Assert.Null(_table.Find(Request(new string('a', 400) + ":x"), s_remote));
        Assert.Null(_table.Find(Request(null), s_remote));
        Assert.Equal(6, _port.Counters.UnknownUsernameFragments);
    }

    [Fact]
    public void Response_IsFoundByTheTagOfItsTransaction()
    {
        var (member, other) = (Join("aaaa"), Join("bbbb"));
        Assert.Same(member, _table.Find(Response(member.Tag), s_remote));
        Assert.Same(other, _table.Find(Response(other.Tag), s_remote));
        Assert.Null(_table.Find(Response(member.Tag ^ other.Tag ^ 1), s_remote));
        Assert.Equal(1, _port.Counters.UnknownResponses);
    }

    [Fact]
    public void Data_IsFoundOnlyFromAnAddressThatWasClaimed()
    {
        var member = Join("aaaa");
        Assert.Null(_table.Find(s_dtls, s_remote));
        member.Claim(s_remote, isProved: false, At(0));
        Assert.Same(member, _table.Find(s_dtls, s_remote));
        Assert.Same(member, _table.Find([0x80, 96, 0, 0], s_remote));
        Assert.Null(_table.Find(s_dtls, s_remote.WithPort(5001)));
        Assert.Equal(2, _port.Counters.UnknownAddresses);
        member.Leave();
        Assert.Null(_table.Find(s_dtls, s_remote));
        Assert.Equal(0, _port.Entries);

        // Who has left claims nothing more.
        member.Claim(s_remote, isProved: true, At(1));
        member.SetFragments(["cccc"]);
        Assert.Equal(0, _port.Entries);
    }

    [Fact]
    public void Address_ProvedByOne_IsNotTakenByAnotherWhileItLives()
    {
        var (victim, attacker) = (Join("aaaa"), Join("bbbb"));
        victim.Claim(s_remote, isProved: true, At(0));

        // A check of the attacker's own call with the victim's address as its source.
        attacker.Claim(s_remote, isProved: false, At(1));
        Assert.Same(victim, _table.Find(s_dtls, s_remote));

        // Even who can answer from there does not cut a living call.
        victim.Claim(s_remote, isProved: true, At(6));
        attacker.Claim(s_remote, isProved: true, At(18));
        Assert.Same(victim, _table.Find(s_dtls, s_remote));

        // A forged source never takes a dead one's either; proof does.
        attacker.Claim(s_remote, isProved: false, At(30));
        Assert.Same(victim, _table.Find(s_dtls, s_remote));
        attacker.Claim(s_remote, isProved: true, At(30));
        Assert.Same(attacker, _table.Find(s_dtls, s_remote));
        Assert.Equal(4, _port.Counters.ContestedAddresses);
        victim.Leave();
        Assert.Same(attacker, _table.Find(s_dtls, s_remote));
    }

    [Fact]
    public void Address_NotProvedYet_GoesToWhoProvesIt()
    {
        var (squatter, owner) = (Join("aaaa"), Join("bbbb"));
        squatter.Claim(s_remote, isProved: false, At(0));
        owner.Claim(s_remote, isProved: true, At(1));
        Assert.Same(owner, _table.Find(s_dtls, s_remote));
    }

    [Fact]
    public void Addresses_OfOneTransport_AreBounded()
    {
        var member = Join("aaaa");
        var entries = _port.Entries;
        for (var i = 0; i < 1000; i++)
        {
            member.Claim(s_remote.WithPort((ushort)(1000 + i)), isProved: true, At(i));
        }

        Assert.Equal(entries + PortMember.MaxAddresses, _port.Entries);
        Assert.Same(member, _table.Find(s_dtls, s_remote.WithPort(1999)));
        Assert.Null(_table.Find(s_dtls, s_remote.WithPort(1000)));
    }

    [Fact]
    public void RandomBytes_OfEveryKind_AreDroppedAndCounted()
    {
        var member = Join("aaaa");
        member.Claim(s_remote, isProved: true, At(0));
        var datagram = new byte[200];
        for (var i = 0; i < 100_000; i++)
        {
            _simulator.Random.Fill(datagram);
            datagram[0] = (byte)i;
            _table.Find(datagram.AsSpan(0, i % 200), s_remote.WithPort(1));
        }

        Assert.Null(_table.Find([], s_remote));
        Assert.True(_port.Counters.Malformed > 10_000);
        Assert.True(_port.Counters.UnknownAddresses > 10_000);
    }

    [Fact]
    public void Inbox_ThatNobodyEmpties_IsBoundedAndGivenBack()
    {
        var member = Join("aaaa");
        var socket = member.Sockets[0];
        var datagram = new byte[1000];
        for (var i = 0; i < 100; i++)
        {
            datagram[0] = (byte)i;
            member.Deliver(0, datagram, s_remote, ecn: 1, Instant.FromNanoseconds(1_000 + i));
        }

        Assert.InRange(_port.Counters.Overflowed, 90, 92);
        var woken = new Bell();
        socket.NotifyWhenReadable(woken);
        Assert.Equal(1, woken.Rung);
        var batch = new DatagramBatch();
        var count = socket.Receive(batch);
        Assert.Equal(100 - _port.Counters.Overflowed, count);
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(i => (int)batch.Datagram(i)[0]));
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(1_000 + i, batch.ArrivedAt(i).Nanoseconds));
        Assert.Equal((s_remote, (byte)1, 1000), (batch.Remote(count - 1), batch.Ecn(count - 1), batch.Length(count - 1)));

        socket.NotifyWhenReadable(woken);
        Assert.Equal(1, woken.Rung);
        member.Deliver(0, datagram, s_remote, ecn: 0, default);
        member.Deliver(0, datagram, s_remote, ecn: 0, default);
        Assert.Equal(2, woken.Rung);
        socket.Dispose();
        member.Deliver(0, datagram, s_remote, ecn: 0, default);
        Assert.Equal(0, socket.Receive(batch));
    }

    [Fact]
    public void HandOver_InSteadyState_AllocatesNothing()
    {
        var member = Join("aaaa");
        member.Claim(s_remote, isProved: true, At(0));
        var (batch, check, response, media) = (new DatagramBatch(), Request("aaaa:peer"), Response(member.Tag), new byte[1200]);
        media[0] = 0x80;
        Assert.Equal(0, SteadyState.Allocates(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                foreach (var datagram in (ReadOnlySpan<byte[]>)[check, response, media, media])
                {
                    _table.Find(datagram, s_remote)!.Deliver(0, datagram, s_remote, ecn: 0, default);
                }

                batch.Clear();
                member.Sockets[0].Receive(batch);
            }
        }));
    }

    [Fact]
    public void Call_AmongStrangersThatKnowItsFragmentAndItsPeersAddress_GoesOn()
    {
        var log = new ErrorCollector();
        var port = new SharedUdpPort(null, _host.Platform);
        _simulator.Run(async () =>
        {
            await using var peer = new PortPeer(port, _host.Platform, _simulator.AddHost("peer").Platform, log: log);
            await peer.ConnectAsync();
            var fragment = peer.Server.SctpTransport!.Transport.IceTransport.GetLocalParameters()!.UsernameFragment;
            var entries = port.Entries;
            using var stranger = _simulator.AddHost("stranger").Platform.Network
                .Bind(new TransportAddress(_simulator.Network.Hosts[^1].LocalAddresses[0].Address, 0));
            var to = new TransportAddress(_host.LocalAddresses[0].Address, port.Port);
            for (var i = 0; i < 200; i++)
            {
                var batch = new DatagramBatch();
                batch.TryAdd(Request($"{fragment}:peer"), to);
                batch.TryAdd(Request("nobody:peer"), to);
                batch.TryAdd(s_dtls, to);
                batch.TryAdd([0x80, 96, 0, 1], to);
                stranger.Send(batch);
                await _simulator.Delay(TimeSpan.FromMilliseconds(20));
            }

            Assert.Equal("still echoed", await peer.AskAsync("still"));
            Assert.Equal(200, port.Counters.UnknownUsernameFragments);
            Assert.Equal(400, port.Counters.UnknownAddresses);
            Assert.Equal(entries, port.Entries);
        }, TimeSpan.FromMinutes(1));
        Assert.Empty(log.Errors);
    }

    [Fact]
    public void SecondPeer_AtTheAddressOfOneThatIsGone_TakesItOver()
    {
        var log = new ErrorCollector();
        var port = new SharedUdpPort(null, _host.Platform);
        var client = _simulator.AddHost("client");
        _simulator.Run(async () =>
        {
            var firstPort = new SharedUdpPort(new SharedUdpPortOptions { Port = 7000 }, client.Platform);
            var first = new PortPeer(port, _host.Platform, client.Platform, firstPort, log);
            await first.ConnectAsync();

            // The first vanishes without a word; another program is given its port.
            firstPort.Dispose();
            using var secondPort = new SharedUdpPort(new SharedUdpPortOptions { Port = 7000 }, client.Platform);
            await using var second = new PortPeer(port, _host.Platform, client.Platform, secondPort, log);
            await second.ConnectAsync();
            Assert.Equal("second echoed", await second.AskAsync("second"));
            await first.DisposeAsync();
            await _simulator.Delay(TimeSpan.FromSeconds(20));
            Assert.Equal("still echoed", await second.AskAsync("still"));
        }, TimeSpan.FromMinutes(3));
        Assert.Empty(log.Errors);
    }

    private static Instant At(double seconds) => Instant.FromNanoseconds((long)(seconds * 1e9));

    private PortMember Join(string fragment)
    {
        var member = _port.Join()!;
        member.SetFragments([fragment]);
        return member;
    }

    private byte[] Request(string? username)
    {
        var datagram = new byte[700];
        var writer = new StunWriter(datagram, StunClass.Request, StunMethod.Binding, TransactionId.Create(_simulator.Random));
        if (username is not null)
        {
            writer.Add(StunAttributeType.Username, Encoding.ASCII.GetBytes(username));
        }

        writer.AddFingerprint();
        return datagram[..writer.Length];
    }

    private byte[] Response(uint tag)
    {
        var datagram = new byte[100];
        var writer = new StunWriter(datagram, StunClass.SuccessResponse, StunMethod.Binding, TransactionId.Create(_simulator.Random, tag));
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, s_remote);
        writer.AddFingerprint();
        return datagram[..writer.Length];
    }

    private sealed class Bell : IWakeable
    {
        public int Rung { get; private set; }

        public void Wake() => Rung++;
    }
}
