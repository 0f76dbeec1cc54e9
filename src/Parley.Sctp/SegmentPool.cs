using System.Buffers;
using System.Numerics;

namespace Parley.Sctp;

/// <summary>
/// An association's store of buffers, by powers of two. Small payloads share a segment, a larger one the more of them wait. What is given
/// back is kept while the association is busy, so that a steady flow allocates nothing, and goes back to the process when it is idle
/// (<see cref="Trim"/>) or when for some time it was not needed (<see cref="TrimUnused"/>).
/// </summary>
internal sealed class SegmentPool
{
    private const int SmallestShift = 10;
    private const int LargestShift = 24;
    private const int SharedSize = 16 * 1024;
    private const int ShareUpTo = 4 * 1024;
    private const long MaxKept = 64L * 1024 * 1024;

    private readonly Stack<Segment>?[] _free = new Stack<Segment>?[LargestShift + 1];

    // How many were free at all times since they were last looked at: nobody has needed these.
    private readonly int[] _leastFree = new int[LargestShift + 1];
    private long _kept;

    /// <summary>Bytes of all segments in use or kept.</summary>
    public long Held { get; private set; }

    /// <summary>Bytes of the segments that hold something. One payload of a shared segment keeps all of it.</summary>
    public long InUse => Held - _kept;

    /// <summary>A segment for one owner, with at least this many bytes.</summary>
    public Segment Rent(int size)
    {
        var shift = Shift(size);
        if (shift <= LargestShift && _free[shift] is { Count: > 0 } free)
        {
            var segment = free.Pop();
            _leastFree[shift] = Math.Min(_leastFree[shift], free.Count);
            _kept -= segment.Bytes.Length;
            segment.References = 1;
            segment.Used = 0;
            return segment;
        }

        var rented = ArrayPool<byte>.Shared.Rent(shift <= LargestShift ? 1 << shift : size);
        Held += rented.Length;
        return new Segment(rented) { References = 1 };
    }

    /// <summary>Copies a payload; small ones into the packer's segment.</summary>
    public PayloadSlice Store(ReadOnlySpan<byte> payload, ref Segment? packer)
    {
        if (payload.IsEmpty)
        {
            return default;
        }

        if (payload.Length > ShareUpTo)
        {
            var own = Rent(payload.Length);
            payload.CopyTo(own.Bytes);
            return new PayloadSlice(own, 0, payload.Length);
        }

        var shared = packer;
        if (shared is null || shared.Bytes.Length - shared.Used < payload.Length)
        {
            if (shared is not null)
            {
                Release(shared);
            }

            // An association with little to say, as most are that wait, holds a kilobyte; one that fills it gets twice as much.
            shared = packer = Rent(Math.Max(payload.Length, Math.Min(SharedSize, 2 * (shared?.Bytes.Length ?? 0))));
        }
        else if (shared.References == 1)
        {
            shared.Used = 0;
        }

        var offset = shared.Used;
        payload.CopyTo(shared.Bytes.AsSpan(offset));
        shared.Used = offset + payload.Length;
        shared.References++;
        return new PayloadSlice(shared, offset, payload.Length);
    }

    public void Release(in PayloadSlice slice)
    {
        if (slice.Segment is { } segment)
        {
            Release(segment);
        }
    }

    public void Release(Segment segment)
    {
        if (--segment.References != 0)
        {
            return;
        }

        var shift = Shift(segment.Bytes.Length);
        if (shift > LargestShift || segment.Bytes.Length != 1 << shift || _kept + segment.Bytes.Length > MaxKept)
        {
            Discard(segment);
            return;
        }

        _kept += segment.Bytes.Length;
        (_free[shift] ??= new Stack<Segment>()).Push(segment);
    }

    /// <summary>Gives what is kept back to the process.</summary>
    public void Trim()
    {
        for (var shift = 0; shift < _free.Length; shift++)
        {
            while (_free[shift] is { } free && free.TryPop(out var segment))
            {
                Discard(segment);
            }

            _free[shift] = null;
            _leastFree[shift] = 0;
        }

        _kept = 0;
    }

    /// <summary>Gives back to the process what has not been needed since the last call: what a burst has left behind.</summary>
    public void TrimUnused()
    {
        for (var shift = 0; shift < _free.Length; shift++)
        {
            if (_free[shift] is not { } free)
            {
                continue;
            }

            for (var i = _leastFree[shift]; i > 0; i--)
            {
                var segment = free.Pop();
                _kept -= segment.Bytes.Length;
                Discard(segment);
            }

            _leastFree[shift] = free.Count;
        }
    }

    private static int Shift(int size) => Math.Max(SmallestShift, 32 - BitOperations.LeadingZeroCount((uint)(size - 1)));

    private void Discard(Segment segment)
    {
        Held -= segment.Bytes.Length;
        ArrayPool<byte>.Shared.Return(segment.Bytes);
    }
}
