using System.Net.Sockets;

namespace Parley.Net;

/// <summary>A wait by the framework's means: a look at the first byte that leaves the datagram where it is.</summary>
internal sealed class PeekWait : ReadableWait
{
    private readonly Socket _socket;
    // No execution context flows into the wake-up: it belongs to nobody's call.
    private readonly SocketAsyncEventArgs _peek = new(true);

    internal PeekWait(Socket socket)
    {
        _socket = socket;
        _peek.SetBuffer(new byte[1], 0, 1);
        _peek.Completed += (_, _) => Wake();
    }

    public override void Dispose() => _peek.Dispose();

    protected override bool TryBegin()
    {
        // Whatever the peek ends with, an error too, there is something to look after.
        _peek.SocketFlags = SocketFlags.Peek;
        return _socket.ReceiveAsync(_peek);
    }
}
