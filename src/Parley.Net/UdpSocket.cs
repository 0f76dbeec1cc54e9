using System.Net;
using System.Net.Sockets;

namespace Parley.Net;

/// <summary>A UDP socket over the framework's calls, one datagram at a time: the path that works everywhere.</summary>
internal sealed class UdpSocket : IDatagramSocket
{
    private readonly Socket _socket;
    private readonly SocketAddress _from;
    private int _armed;

    public UdpSocket(TransportAddress local)
    {
        _socket = new Socket(local.Family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _from = new SocketAddress(local.Family);
        try
        {
            _socket.Bind(local.ToIPEndPoint());
            var bound = (IPEndPoint)_socket.LocalEndPoint!;
            LocalAddress = new TransportAddress(bound.Address, bound.Port);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public TransportAddress LocalAddress { get; }

    public int Receive(DatagramBatch batch)
    {
        var received = 0;
        while (true)
        {
            var room = batch.Reserve(2048);
            if (room.IsEmpty)
            {
                return received;
            }

            try
            {
                var length = _socket.ReceiveFrom(room, SocketFlags.None, _from);
                batch.Commit(length, Read(_from));
                received++;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.MessageSize)
            {
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return received;
            }
        }
    }

    public int Send(DatagramBatch batch, int start = 0)
    {
        for (var i = start; i < batch.Count; i++)
        {
            try
            {
                _socket.SendTo(batch.Datagram(i), SocketFlags.None, batch.Remote(i).ToIPEndPoint());
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
            {
                return i - start;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
            }
        }

        return batch.Count - start;
    }

    public void NotifyWhenReadable(IWakeable target)
    {
        if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            _ = PeekAsync(target);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static TransportAddress Read(SocketAddress address)
    {
        var endPoint = (IPEndPoint)new IPEndPoint(address.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address);
        return new TransportAddress(endPoint.Address, endPoint.Port);
    }

    private async Task PeekAsync(IWakeable target)
    {
        try
        {
            await _socket.ReceiveAsync(new byte[1], SocketFlags.Peek).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        catch (SocketException)
        {
        }

        Volatile.Write(ref _armed, 0);
        target.Wake();
    }
}
