using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Dtls.Tests.Interop;

/// <summary>One of our endpoints on a real loopback socket and the real clock.</summary>
internal sealed class UdpEndpoint : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _incoming = new byte[65536];
    private readonly byte[] _outgoing = new byte[65536];
    private EndPoint _remote;
    private Task<SocketReceiveFromResult>? _receiving;

    public UdpEndpoint(DtlsOptions options, int remotePort = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _remote = new IPEndPoint(IPAddress.Loopback, remotePort);
        Dtls = new DtlsEndpoint(options, RandomSource.System, NullLogger.Instance);
    }

    public DtlsEndpoint Dtls { get; }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public List<DtlsEvent> Events { get; } = [];

    public StringBuilder Received { get; } = new();

    public List<int> DatagramsReceived { get; } = [];

    /// <summary>Runs the loop until the condition holds; fails after twenty seconds.</summary>
    public async Task RunUntil(Func<bool> condition, OpensslProcess? process = null)
    {
        using var bound = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            Flush();
            var grown = process?.Grown;
            if (condition())
            {
                return;
            }

            Assert.False(bound.IsCancellationRequested, $"{Dtls.State}, {string.Join(", ", Events)}\n{process?.Output}");
            _receiving ??= _socket.ReceiveFromAsync(_incoming.AsMemory(), _remote, CancellationToken.None).AsTask();
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(bound.Token);
            var deadline = Dtls.Deadline is { } due
                ? Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, (due - Now).TotalMilliseconds)), woken.Token)
                : Task.Delay(Timeout.Infinite, woken.Token);
            await Task.WhenAny(_receiving, deadline, grown ?? deadline);
            woken.Cancel();
            if (_receiving.IsCompleted)
            {
                Receive(await _receiving);
                _receiving = null;
            }

            Dtls.Advance(Now);
        }
    }

    public void Send(string text)
    {
        var length = Dtls.Protect(Encoding.UTF8.GetBytes(text), _outgoing);
        Assert.NotEqual(0, length);
        _socket.SendTo(_outgoing.AsSpan(0, length), _remote);
    }

    public void Flush()
    {
        int length;
        while ((length = Dtls.Transmit(_outgoing, Now)) > 0)
        {
            _socket.SendTo(_outgoing.AsSpan(0, length), _remote);
        }

        while (Dtls.TryRead(out var happened))
        {
            Events.Add(happened);
        }
    }

    public void Start() => Dtls.Start(Now);

    public void Close()
    {
        Dtls.Close(Now);
        Flush();
    }

    public void Dispose()
    {
        _socket.Dispose();
        Dtls.Dispose();
    }

    private static Instant Now => Instant.Now(TimeProvider.System);

    private void Receive(SocketReceiveFromResult result)
    {
        _remote = result.RemoteEndPoint;
        DatagramsReceived.Add(result.ReceivedBytes);
        var datagram = _incoming.AsSpan(0, result.ReceivedBytes);
        Dtls.Receive(datagram, Now);
        while (Dtls.TryReadApplicationData(datagram, out var plaintext))
        {
            Received.Append(Encoding.UTF8.GetString(plaintext));
        }
    }
}
