using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Parley.Net;

namespace Parley;

/// <summary>
/// Datagrams on their way from a shared port's loop to a transport's, one behind the other in one buffer that grows to a bound and is given
/// back when the transport has taken them: who is idle holds nothing. Any thread adds; one loop takes.
/// </summary>
internal sealed class PortInbox(int maxBytes)
{
    private const int FirstBytes = 4096;
    private static readonly int s_headerBytes = Unsafe.SizeOf<Header>();
    private readonly Lock _gate = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private IWakeable? _waiting;
    private bool _isClosed;

    /// <summary>Adds a copy and wakes who waits; false when it does not fit.</summary>
    public bool TryAdd(ReadOnlySpan<byte> datagram, TransportAddress remote, byte ecn, Instant arrivedAt)
    {
        IWakeable? target;
        lock (_gate)
        {
            if (_isClosed)
            {
                return true;
            }

            if (!HasRoom(s_headerBytes + datagram.Length))
            {
                return false;
            }

            var header = new Header(remote, datagram.Length, ecn, arrivedAt);
            MemoryMarshal.Write(_buffer.AsSpan(_end), in header);
            datagram.CopyTo(_buffer.AsSpan(_end + s_headerBytes));
            _end += s_headerBytes + datagram.Length;
            (target, _waiting) = (_waiting, null);
        }

        target?.Wake();
        return true;
    }

    /// <summary>Moves what fits into a batch and returns how many.</summary>
    public int MoveTo(DatagramBatch batch)
    {
        lock (_gate)
        {
            var moved = 0;
            while (_start < _end)
            {
                var header = MemoryMarshal.Read<Header>(_buffer.AsSpan(_start));
                var datagram = _buffer.AsSpan(_start + s_headerBytes, header.Length);
                if (!batch.TryAdd(datagram, header.Remote, header.Ecn, header.ArrivedAt))
                {
                    return moved;
                }

                _start += s_headerBytes + header.Length;
                moved++;
            }

            GiveBack();
            return moved;
        }
    }

    public void NotifyWhenReadable(IWakeable target)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            if (_start == _end)
            {
                _waiting ??= target;
                return;
            }
        }

        target.Wake();
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _waiting = null;
            GiveBack();
        }
    }

    private bool HasRoom(int bytes)
    {
        var waiting = _end - _start;
        if (waiting + bytes > maxBytes)
        {
            return false;
        }

        if (_buffer is not null && _buffer.Length - _end >= bytes)
        {
            return true;
        }

        var size = Math.Max(FirstBytes, waiting + bytes);
        var target = _buffer is not null && _buffer.Length >= 2 * size
            ? _buffer
            : ArrayPool<byte>.Shared.Rent(_buffer is null ? size : 2 * size);
        _buffer.AsSpan(_start, waiting).CopyTo(target);
        if (_buffer is not null && _buffer != target)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _start, _end) = (target, 0, waiting);
        return true;
    }

    private void GiveBack()
    {
        _start = _end = 0;
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private readonly record struct Header(TransportAddress Remote, int Length, byte Ecn, Instant ArrivedAt);
}
