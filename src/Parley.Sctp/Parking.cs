using System.Numerics;
using System.Runtime.InteropServices;

namespace Parley.Sctp;

/// <summary>
/// Whole ordered messages that wait for an earlier one of their stream. They are taken in their order; a number that is there already is
/// found in constant time.
/// </summary>
internal sealed class Parking(uint scramble)
{
    // Odd, so that multiplying is a bijection; drawn at random, so that a peer cannot choose keys that collide.
    private readonly uint _scramble = scramble | 1;
    private readonly HashSet<uint> _numbers = [];
    private readonly List<Entry> _entries = [];
    private int _free = IncomingStream.None;

    /// <summary>Takes a message in; false: its number is here already.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="mid">Its number, after the one that is due.</param>
    /// <param name="message">The message.</param>
    public bool TryPark(IncomingStream stream, uint mid, in PendingEvent message)
    {
        if (!_numbers.Add(Key(stream.Id, mid)))
        {
            return false;
        }

        var place = _free;
        if (place == IncomingStream.None)
        {
            place = _entries.Count;
            _entries.Add(new Entry { Message = message });
        }
        else
        {
            _free = _entries[place].NextFree;
            _entries[place] = new Entry { Message = message };
        }

        (stream.Parked ??= new SerialHeap()).Push(mid, place);
        return true;
    }

    /// <summary>Takes out a stream's earliest message if its number comes before another.</summary>
    public bool TryTakeBefore(IncomingStream stream, uint end, out PendingEvent message)
    {
        if (stream.Parked is not { Count: > 0 } parked || (int)(parked.First.Number - end) >= 0)
        {
            message = default;
            return false;
        }

        return TryTakeFirst(stream, out message);
    }

    /// <summary>Takes out a stream's earliest message; false: it has none.</summary>
    public bool TryTakeFirst(IncomingStream stream, out PendingEvent message)
    {
        if (stream.Parked is not { Count: > 0 } parked)
        {
            message = default;
            return false;
        }

        var (mid, place) = parked.Pop();
        _numbers.Remove(Key(stream.Id, mid));
        ref var entry = ref CollectionsMarshal.AsSpan(_entries)[place];
        message = entry.Message;
        entry = new Entry { NextFree = _free };
        _free = place;
        return true;
    }

    /// <summary>Gives memory back when nothing waits.</summary>
    public void Trim()
    {
        if (_numbers.Count == 0 && _entries.Count > 0)
        {
            _numbers.TrimExcess();
            _entries.Clear();
            _entries.TrimExcess();
            _free = IncomingStream.None;
        }
    }

    private uint Key(StreamId stream, uint mid)
    {
        var key = ((uint)stream.Value << 16 | (ushort)mid) * _scramble;
        return BitOperations.RotateLeft(key, 15) * _scramble;
    }

    private struct Entry
    {
        public PendingEvent Message;
        public int NextFree;
    }
}
