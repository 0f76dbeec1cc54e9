using System.Net.Sockets;
using Parley.Net.Linux;

namespace Parley.Net;

/// <summary>The one pending wait for a socket to have something to read. Reused, so that waiting allocates nothing.</summary>
internal abstract class ReadableWait : IDisposable
{
    private IWakeable? _target;
    private int _armed;
    private volatile bool _closed;

    /// <summary>The wait that the system does best.</summary>
    internal static ReadableWait For(Socket socket) =>
        OperatingSystem.IsLinux() && BitConverter.IsLittleEndian && ReadinessPoll.Shared is { } poll
            ? new PolledWait(poll, socket.SafeHandle)
            : new PeekWait(socket);

    public abstract void Dispose();

    internal void Arm(IWakeable target)
    {
        if (_closed || Interlocked.CompareExchange(ref _armed, 1, 0) != 0)
        {
            return;
        }

        _target = target;
        try
        {
            if (!TryBegin())
            {
                Wake();
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
        }
    }

    internal void Close() => _closed = true;

    /// <summary>
    /// Begins to wait; false: there is something to look after now. Then, or when it comes, <see cref="Wake"/> is called once.
    /// </summary>
    protected abstract bool TryBegin();

    /// <summary>Ends the wait.</summary>
    /// <param name="mayRunHere">Whether what is woken may run on the calling thread (<see cref="IWakeable.WakeHere"/>).</param>
    protected void Wake(bool mayRunHere = false)
    {
        var target = _target;
        _target = null;
        Volatile.Write(ref _armed, 0);
        if (_closed)
        {
            return;
        }

        if (mayRunHere)
        {
            target?.WakeHere();
        }
        else
        {
            target?.Wake();
        }
    }
}
