using System.Net.Sockets;

namespace Parley.Net;

/// <summary>The one pending wait for a socket to have something to read: a look at its first byte that leaves the datagram where it is. Reused, so that waiting allocates nothing.</summary>
internal sealed class ReadableWait : IDisposable
{
    private readonly Socket _socket;
    // No execution context flows into the wake-up: it belongs to nobody's call.
    private readonly SocketAsyncEventArgs _peek = new(true);
    private IWakeable? _target;
    private int _armed;
    private volatile bool _closed;

    internal ReadableWait(Socket socket)
    {
        _socket = socket;
        _peek.SetBuffer(new byte[1], 0, 1);
        _peek.Completed += (_, _) => Wake();
    }

    public void Dispose() => _peek.Dispose();

    internal void Arm(IWakeable target)
    {
        if (_closed || Interlocked.CompareExchange(ref _armed, 1, 0) != 0)
        {
            return;
        }

        _target = target;
        try
        {
            // Whatever the peek ends with, an error too, there is something to look after.
            _peek.SocketFlags = SocketFlags.Peek;
            if (!_socket.ReceiveAsync(_peek))
            {
                Wake();
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
        }
    }

    internal void Close() => _closed = true;

    private void Wake()
    {
        var target = _target;
        _target = null;
        Volatile.Write(ref _armed, 0);
        if (!_closed)
        {
            target?.Wake();
        }
    }
}
