using System.Numerics;
using System.Runtime.InteropServices;
using Parley.Net;

namespace Parley.Sctp;

/// <summary>Whole ordered messages that wait for an earlier one of their stream; found by stream and number in constant time.</summary>
internal sealed class Parking(uint scramble)
{
    // Odd, so that multiplying is a bijection; drawn at random, so that a peer cannot choose keys that collide.
    private readonly uint _scramble = scramble | 1;
    private readonly Dictionary<uint, int> _byNumber = [];
    private readonly List<Entry> _entries = [];
    private int _free = IncomingStream.None;

    public bool TryPark(IncomingStream stream, ushort ssn, in PendingEvent message)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_byNumber, Key(stream.Id, ssn), out var exists);
        if (exists)
        {
            return false;
        }

        place = _free;
        var entry = new Entry { Message = message, Ssn = ssn, Next = stream.FirstParked, Previous = IncomingStream.None };
        if (_free == IncomingStream.None)
        {
            place = _entries.Count;
            _entries.Add(entry);
        }
        else
        {
            _free = _entries[place].Next;
            _entries[place] = entry;
        }

        if (stream.FirstParked != IncomingStream.None)
        {
            CollectionsMarshal.AsSpan(_entries)[stream.FirstParked].Previous = place;
        }

        stream.FirstParked = place;
        stream.ParkedCount++;
        return true;
    }

    public bool TryTake(IncomingStream stream, ushort ssn, out PendingEvent message)
    {
        message = default;
        if (stream.ParkedCount == 0 || !_byNumber.Remove(Key(stream.Id, ssn), out var place))
        {
            return false;
        }

        var entries = CollectionsMarshal.AsSpan(_entries);
        ref var entry = ref entries[place];
        message = entry.Message;
        if (entry.Previous == IncomingStream.None)
        {
            stream.FirstParked = entry.Next;
        }
        else
        {
            entries[entry.Previous].Next = entry.Next;
        }

        if (entry.Next != IncomingStream.None)
        {
            entries[entry.Next].Previous = entry.Previous;
        }

        entry = new Entry { Next = _free };
        _free = place;
        stream.ParkedCount--;
        return true;
    }

    /// <summary>The number of any message of a stream that waits; the stream has one.</summary>
    public ushort AnyNumber(IncomingStream stream) => _entries[stream.FirstParked].Ssn;

    /// <summary>The numbers of a stream that come before one, in their order.</summary>
    public ushort[] NumbersBefore(IncomingStream stream, ushort ssn)
    {
        if (stream.ParkedCount == 0)
        {
            return [];
        }

        var found = new List<ushort>();
        for (var place = stream.FirstParked; place != IncomingStream.None; place = _entries[place].Next)
        {
            if (SerialNumber.IsAfter(ssn, _entries[place].Ssn))
            {
                found.Add(_entries[place].Ssn);
            }
        }

        found.Sort((left, right) => SerialNumber.Difference(left, ssn).CompareTo(SerialNumber.Difference(right, ssn)));
        return [.. found];
    }

    private uint Key(StreamId stream, ushort ssn)
    {
        var key = ((uint)stream.Value << 16 | ssn) * _scramble;
        return BitOperations.RotateLeft(key, 15) * _scramble;
    }

    private struct Entry
    {
        public PendingEvent Message;
        public int Next;
        public int Previous;
        public ushort Ssn;
    }
}
