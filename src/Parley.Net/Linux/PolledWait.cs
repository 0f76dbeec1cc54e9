using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>The one pending wait of a socket by <see cref="ReadinessPoll"/>.</summary>
internal sealed unsafe class PolledWait : ReadableWait
{
    private readonly ReadinessPoll _poll;
    private readonly SafeSocketHandle _socket;
    private readonly long _id;
    private bool _isKnown;

    internal PolledWait(ReadinessPoll poll, SafeSocketHandle socket)
    {
        _poll = poll;
        _socket = socket;
        _id = poll.Add(this);
    }

    public override void Dispose() => _poll.Remove(_id);

    /// <inheritdoc cref="ReadableWait.Wake(bool)"/>
    internal void OnReadable(bool mayRunHere) => Wake(mayRunHere);

    protected override bool TryBegin()
    {
        // What has come in the meantime needs no other thread to tell of it.
        if (Libc.Receive(_socket, null, 0, Libc.MsgPeek | Libc.MsgDontWait) >= 0 || Marshal.GetLastPInvokeError() != Libc.TryAgain)
        {
            return false;
        }

        var isFirst = !_isKnown;
        _isKnown = true;
        return _poll.TryArm(_socket, _id, isFirst);
    }
}
