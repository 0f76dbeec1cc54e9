using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// The packets of one outbound, in one contiguous ring of bytes: first those sent and kept for retransmission, then those waiting
/// to be sent. It grows on demand up to a bound; the oldest sent make room, the waiting ones never do. Beyond a part of the bound it grows
/// only for what waits: a large frame finds room, and the memory in use otherwise stays small.
/// </summary>
internal sealed class SendStore(int maxBytes)
{
    private const int MaxHistory = 2 << 20;

    private readonly int _maxHistory = Math.Min(maxBytes, MaxHistory);
    private byte[] _bytes = [];
    private SendRecord[] _records = [];
    private long _first;
    private long _end;
    private int _writeAt;

    /// <summary>The oldest record.</summary>
    public long First => _first;

    /// <summary>The next record to be sent.</summary>
    public long Cursor { get; private set; }

    /// <summary>The next record to be added.</summary>
    public long End => _end;

    public ref SendRecord this[long index] => ref _records[(int)(index & (_records.Length - 1))];

    public Span<byte> Bytes(in SendRecord record) => _bytes.AsSpan(record.Offset, record.HeaderLength + record.PayloadLength);

    /// <summary>Opens room for a packet of at most this size; false when there is none. <see cref="Commit"/> adds it.</summary>
    public bool TryReserve(int size, Instant keepSince, out Span<byte> room)
    {
        room = default;
        MakeRecord();
        while (!TryPlace(size))
        {
            // Make room from what was sent, when it is too old or the store may not grow.
            var evictable = _first < Cursor;
            if (evictable && (_bytes.Length >= _maxHistory || this[_first].SentAt < keepSince))
            {
                _first++;
            }
            else if (!TryGrow(size))
            {
                return false;
            }
        }

        room = _bytes.AsSpan(_writeAt, size);
        return true;
    }

    /// <summary>Adds the packet written into the room reserved last.</summary>
    public void Commit(SendRecord record)
    {
        record.Offset = _writeAt;
        _writeAt += record.HeaderLength + record.PayloadLength;
        this[_end++] = record;
    }

    /// <summary>Takes back the packets added from this record on.</summary>
    public void RollBack(long to)
    {
        if (to < _end)
        {
            _writeAt = this[to].Offset;
            _end = to;
        }
    }

    public void MoveOn() => Cursor++;

    /// <summary>Forgets what was sent before an instant.</summary>
    public void Forget(Instant before)
    {
        while (_first < Cursor && this[_first].SentAt < before)
        {
            _first++;
        }

        if (_first == _end)
        {
            _writeAt = 0;
        }
    }

    /// <summary>Finds a sent packet by its number; -1 when it is not kept.</summary>
    public long Find(long sequence)
    {
        long low = _first, high = Cursor;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (this[middle].Sequence < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < Cursor && this[low].Sequence == sequence && (this[low].Flags & SendFlags.Dropped) == 0 ? low : -1;
    }

    private void MakeRecord()
    {
        if (_end - _first < _records.Length)
        {
            return;
        }

        var grown = new SendRecord[Math.Max(16, _records.Length * 2)];
        for (var i = _first; i < _end; i++)
        {
            grown[(int)(i & (grown.Length - 1))] = this[i];
        }

        _records = grown;
    }

    private bool TryPlace(int size)
    {
        if (_first == _end)
        {
            _writeAt = 0;
            return size <= _bytes.Length;
        }

        var oldest = this[_first].Offset;
        if (_writeAt > oldest)
        {
            if (size <= _bytes.Length - _writeAt)
            {
                return true;
            }

            if (size < oldest)
            {
                _writeAt = 0;
                return true;
            }

            return false;
        }

        return size < oldest - _writeAt;
    }

    private bool TryGrow(int size)
    {
        if (_bytes.Length >= maxBytes)
        {
            return false;
        }

        var grown = new byte[Math.Min(maxBytes, Math.Max(_bytes.Length * 2, Math.Max(4096, size * 2)))];
        var at = 0;
        for (var i = _first; i < _end; i++)
        {
            ref var record = ref this[i];
            var bytes = Bytes(record);
            bytes.CopyTo(grown.AsSpan(at));
            record.Offset = at;
            at += bytes.Length;
        }

        _bytes = grown;
        _writeAt = at;
        return true;
    }
}
