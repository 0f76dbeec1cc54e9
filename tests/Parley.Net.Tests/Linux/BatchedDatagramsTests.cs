using System.Net;
using System.Net.Sockets;
using Parley.Net.Linux;

namespace Parley.Net.Tests.Linux;

public class BatchedDatagramsTests
{
    [Fact]
    public void Send_KernelRefusesSegmentation_GivesItUpAndLosesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "segmentation offload is Linux's");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // SO_NO_CHECK: without UDP checksums udp(7) answers EINVAL to UDP_SEGMENT.
        socket.SetRawSocketOption(1, 11, BitConverter.GetBytes(1));
        var subject = new BatchedDatagrams(socket.SafeHandle, AddressFamily.InterNetwork, TimeProvider.System);
        using var receiver = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.Loopback, 0));
        var outgoing = new DatagramBatch();
        for (var i = 0; i < 40; i++)
        {
            Assert.True(outgoing.TryAdd([(byte)i, .. new byte[999]], receiver.LocalAddress));
        }

        Assert.True(subject.IsSegmenting);
        Assert.Equal(40, subject.Send(outgoing, 0));
        Assert.False(subject.IsSegmenting);
        Assert.Equal(30, subject.Send(outgoing, 10));

        var received = new DatagramBatch(512 * 1024, 512);
        new Waiter().ReceiveAll(receiver, received, 70);
        Assert.Equal(
            Enumerable.Range(0, 40).Concat(Enumerable.Range(10, 30)),
            Enumerable.Range(0, received.Count).Select(i => (int)received.Datagram(i)[0]));
    }

    [Fact]
    public void Receive_OfDatagramsThatWereWaiting_AsksForRunsAndLosesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "receive offload is Linux's");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var subject = new BatchedDatagrams(socket.SafeHandle, AddressFamily.InterNetwork, TimeProvider.System);
        var local = (IPEndPoint)socket.LocalEndPoint!;
        using var sender = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.Loopback, 0));
        var received = new DatagramBatch();
        foreach (var (count, offloading) in new[] { (1, false), (3, false), (4, true), (40, true) })
        {
            var outgoing = new DatagramBatch();
            for (var i = 0; i < count; i++)
            {
                Assert.True(outgoing.TryAdd([(byte)i, .. new byte[999]], new TransportAddress(local.Address, local.Port)));
            }

            // Over loopback what was sent is there at once.
            Assert.Equal(count, sender.Send(outgoing));
            received.Clear();
            Assert.Equal(count, subject.Receive(received));
            Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, received.Count).Select(i => (int)received.Datagram(i)[0]));
            Assert.Equal(offloading, subject.IsOffloading);
        }
    }

    [Theory]
    [InlineData("192.0.2.1:5000", "0200 1388 C0000201 0000000000000000")]
    [InlineData("[2001:db8::1]:443", "0A00 01BB 00000000 20010DB8000000000000000000000001 00000000")]
    [InlineData("[fe80::1%3]:443", "0A00 01BB 00000000 FE800000000000000000000000000001 03000000")]
    public void SocketName_OfAddress_HasTheKernelsLayoutAndReadsBack(string text, string hex)
    {
        Assert.True(TransportAddress.TryParse(text, out var address));
        Span<byte> bytes = stackalloc byte[SocketName.MaxLength];
        var length = SocketName.Write(bytes, address);
        Assert.Equal(hex.Replace(" ", ""), Convert.ToHexString(bytes[..length]));
        Assert.Equal(address, SocketName.Read(bytes[..length]));
        Assert.Equal(default, SocketName.Read(bytes[..8]));
    }
}
