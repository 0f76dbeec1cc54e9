using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net;

/// <summary>
/// Datagrams of one socket over the framework's calls, one at a time: the path that works everywhere. It knows nothing of ECN.
/// </summary>
internal sealed class PlainDatagrams(Socket socket, TimeProvider clock)
{
    // The framework lays out both families as the system does: port at 2; IPv4 address at 4; IPv6 address at 8, zone at 24.
    private readonly SocketAddress _from = new(socket.AddressFamily);
    private readonly SocketAddress _to = new(socket.AddressFamily);

    private readonly ArrivalClock _clock = new(clock);
    private int _tooLarge;

    /// <summary>As <see cref="IDatagramSocket.TakeTooLarge"/>.</summary>
    internal int TakeTooLarge()
    {
        var length = _tooLarge;
        _tooLarge = 0;
        return length;
    }

    internal int Receive(DatagramBatch batch)
    {
        var received = 0;
        _clock.Begin();
        while (batch.RemainingCapacity > 0 && (batch.RemainingBytes >= DatagramBatch.RoomForOne || batch.Count == 0))
        {
            try
            {
                // An empty queue would be an exception.
                if (!socket.Poll(0, SelectMode.SelectRead))
                {
                    break;
                }

                var room = batch.Reserve(Math.Min(batch.RemainingBytes, 65_536));
                var length = socket.ReceiveFrom(room, SocketFlags.None, _from);
                batch.Commit(length, Read(_from), arrivedAt: _clock.Now());
                received++;
            }
            catch (SocketException error)
                when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.MessageSize)
            {
                // An ICMP error of an earlier send, or a datagram larger than the room: nothing that was received.
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        return received;
    }

    internal int Send(DatagramBatch batch, int start)
    {
        for (var i = start; i < batch.Count; i++)
        {
            var remote = batch.Remote(i);
            if (remote.Family != socket.AddressFamily)
            {
                continue;
            }

            try
            {
                Write(_to, remote);
                socket.SendTo(batch.Datagram(i), SocketFlags.None, _to);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
            {
                return i - start;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
            {
                var length = batch.Length(i);
                _tooLarge = _tooLarge == 0 ? length : Math.Min(_tooLarge, length);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Refused: it is lost, as datagrams are.
            }
        }

        return batch.Count - start;
    }

    private static TransportAddress Read(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetwork
            ? TransportAddress.FromBytes(bytes.Slice(4, 4), port)
            : TransportAddress.FromBytes(bytes.Slice(8, 16), port, MemoryMarshal.Read<uint>(bytes[24..]));
    }

    private static void Write(SocketAddress address, TransportAddress remote)
    {
        var bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], remote.Port);
        if (remote.Family == AddressFamily.InterNetwork)
        {
            remote.WriteAddress(bytes[4..]);
            return;
        }

        remote.WriteAddress(bytes[8..]);
        var scope = remote.ScopeId;
        MemoryMarshal.Write(bytes[24..], in scope);
    }
}
