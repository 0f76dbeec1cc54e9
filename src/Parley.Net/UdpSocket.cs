using System.Net;
using System.Net.Sockets;
using Parley.Net.Linux;

namespace Parley.Net;

/// <summary>A UDP socket of the machine: in batches on Linux, with the framework's calls elsewhere.</summary>
internal sealed class UdpSocket : IDatagramSocket
{
    private readonly Socket _socket;
    private readonly BatchedDatagrams? _batched;
    private readonly PlainDatagrams? _plain;
    private readonly ReadableWait _wait;
    private readonly Lock _sending = new();

    internal UdpSocket(TransportAddress local, UdpNetworkOptions options, bool joins = false)
    {
        _socket = new Socket(local.Family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (local.Family == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = false;
            }

            AskForBuffers(options.SocketBufferBytes);
            IgnoreResets();
            DontFragment = TryKeepWhole(local.Family);
            if (joins && !TryShare())
            {
                throw new SocketException((int)SocketError.OperationNotSupported);
            }

            _socket.Bind(local.ToIPEndPoint());
            var bound = (IPEndPoint)_socket.LocalEndPoint!;
            LocalAddress = new TransportAddress(bound.Address, bound.Port);
            if (options.Batching && OperatingSystem.IsLinux() && BitConverter.IsLittleEndian)
            {
                _batched = new BatchedDatagrams(_socket.SafeHandle, local.Family, options.TimeProvider);
            }
            else
            {
                _plain = new PlainDatagrams(_socket, options.TimeProvider);
            }

            _wait = ReadableWait.For(_socket);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public TransportAddress LocalAddress { get; }

    public bool DontFragment { get; }

    /// <summary>Whether runs of datagrams leave as one segmented message.</summary>
    internal bool IsSegmenting => _batched is { IsSegmenting: true };

    public int Receive(DatagramBatch batch)
    {
        try
        {
            return _batched?.Receive(batch) ?? _plain!.Receive(batch);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    public int Send(DatagramBatch batch, int start = 0)
    {
        try
        {
            if (_batched is not null)
            {
                return _batched.Send(batch, start);
            }

            lock (_sending)
            {
                return _plain!.Send(batch, start);
            }
        }
        catch (ObjectDisposedException)
        {
            // To a closed socket all datagrams are lost.
            return batch.Count - start;
        }
    }

    public int TakeTooLarge() => _batched?.TakeTooLarge() ?? _plain!.TakeTooLarge();

    /// <summary>
    /// Lets other sockets of this user be bound to the same address (SO_REUSEPORT of socket(7)); false where the system cannot spread
    /// datagrams over them.
    /// </summary>
    internal bool TryShare()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            Span<byte> on = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(on, 1);
            _socket.SetRawSocketOption(Libc.SolSocket, Libc.ReusePort, on);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void NotifyWhenReadable(IWakeable target) => _wait.Arm(target);

    public void Dispose()
    {
        _wait.Close();
        _socket.Dispose();
        _wait.Dispose();
    }

    private void AskForBuffers(int bytes)
    {
        try
        {
            _socket.ReceiveBufferSize = bytes;
            _socket.SendBufferSize = bytes;
        }
        catch (SocketException)
        {
            // macOS refuses what is above its limit instead of giving less; the system's own size will do.
        }
    }

    // IP_PMTUDISC_PROBE of ip(7): "don't fragment" is set, and what ICMP told about the path is not heeded: anyone can forge that.
    private bool TryKeepWhole(AddressFamily family)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                _socket.DontFragment = true;
                return true;
            }

            Span<byte> probe = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(probe, Libc.PathMtuProbe);
            if (family == AddressFamily.InterNetworkV6)
            {
                _socket.SetRawSocketOption(Libc.SolIpv6, Libc.Ipv6MtuDiscover, probe);
            }
            else
            {
                _socket.SetRawSocketOption(Libc.SolIp, Libc.IpMtuDiscover, probe);
            }

            return true;
        }
        catch (Exception error) when (error is SocketException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private void IgnoreResets()
    {
        if (OperatingSystem.IsWindows())
        {
            // SIO_UDP_CONNRESET: an ICMP "port unreachable" of one peer must not fail the socket's next receive.
            const int UdpConnectionReset = -1744830452;
            _socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
        }
    }
}
