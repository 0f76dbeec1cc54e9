using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// Messages that wait to be sent, by stream. Between streams, weighted fair queueing (RFC 8260 §3.6) by fragment; without I-DATA by
/// message, as the fragments of one have consecutive TSNs and one begun is finished first.
/// </summary>
/// <param name="pool">Where payloads are kept.</param>
/// <param name="limit">The bytes that may wait.</param>
/// <param name="largestInterleaved">The bytes of the largest fragment where messages are interleaved; 0 where they are not.</param>
/// <param name="scheduler">How streams take turns.</param>
/// <param name="tally">Where messages given up are counted.</param>
internal sealed class SendQueue(SegmentPool pool, long limit, int largestInterleaved, StreamScheduler scheduler, AssociationTally tally)
{
    private readonly Dictionary<ushort, OutgoingStream> _streams = [];
    private readonly List<OutgoingStream> _active = [];
    private readonly List<OutgoingStream> _unfinished = [];
    private readonly RingQueue<OutgoingStream> _decreased = new();
    private OutgoingMessage[] _messages = [];
    private int _free = OutgoingMessage.None;
    private int _count;
    private OutgoingStream? _begun;
    private OutgoingStream? _last;
    private Segment? _packer;
    private long _virtualTime;
    private long _unfinishedBytes;

    /// <summary>Bytes queued and not sent yet.</summary>
    public long Buffered { get; private set; }

    /// <summary>Whether anything waits.</summary>
    public bool IsEmpty => _active.Count == 0;

    /// <summary>The streams that have been used.</summary>
    public IReadOnlyDictionary<ushort, OutgoingStream> Streams => _streams;

    private bool IsInterleaving => largestInterleaved > 0;

    public ref OutgoingMessage this[int place] => ref _messages[place];

    public OutgoingStream StreamOf(StreamId id)
    {
        if (_last is { } last && last.Id == id)
        {
            return last;
        }

        ref var stream = ref CollectionsMarshal.GetValueRefOrAddDefault(_streams, id.Value, out _);
        return _last = stream ??= new OutgoingStream(id);
    }

    public bool HasRoom(int length) => Buffered == 0 || Buffered + length <= limit;

    public void Enqueue(OutgoingStream stream, uint ppid, ReadOnlySpan<byte> payload, in SctpSendOptions options, Instant now)
    {
        var place = Allocate();
        _messages[place] = new OutgoingMessage
        {
            Payload = pool.Store(payload, ref _packer),
            Stream = stream,
            Ppid = ppid,
            IsUnordered = options.Unordered,
            MaxRetransmits = options.MaxRetransmits ?? OutgoingMessage.Unlimited,
            ExpiresAt = options.Lifetime is { } lifetime ? now + lifetime : Instant.MaxValue,
            Next = OutgoingMessage.None,
        };
        if (stream.Head == OutgoingMessage.None)
        {
            stream.Head = place;
            stream.VirtualTime = Math.Max(stream.VirtualTime, _virtualTime);
            Activate(stream);
        }
        else
        {
            _messages[stream.Tail].Next = place;
        }

        stream.Tail = place;
        stream.Buffered += payload.Length;
        Buffered += payload.Length;
    }

    /// <summary>
    /// The message of which the next fragment is to be sent; none when nothing waits. Messages whose time has passed are given up on the
    /// way.
    /// </summary>
    /// <param name="room">The bytes of the peer's whole window.</param>
    /// <param name="now">The present instant.</param>
    public int Next(long room, Instant now)
    {
        while (_active.Count > 0)
        {
            var stream = _begun ?? _active[0];
            ref var message = ref _messages[stream.Head];
            if (message.ExpiresAt > now || message.Taken > 0)
            {
                return MayBegin(message, room) ? stream.Head : EarliestUnfinished();
            }

            var expired = Unlink(stream);
            CountDecrease(stream, _messages[expired].Payload.Length);
            tally.MessagesAbandoned++;
            Free(expired);
        }

        return OutgoingMessage.None;
    }

    /// <summary>Counts bytes of the message at the head as put into a chunk.</summary>
    public void Take(int place, int length)
    {
        ref var message = ref _messages[place];
        var stream = message.Stream;
        if (message.Taken == 0)
        {
            stream.MessagesOutstanding++;
            message.Mid = message.IsUnordered ? stream.NextUnorderedMid++ : stream.NextMid++;
        }

        if (IsInterleaving || message.Taken == 0)
        {
            _virtualTime = stream.VirtualTime;
            stream.VirtualTime += Charge(IsInterleaving ? length : message.Payload.Length, stream);
        }

        message.Taken += length;
        CountDecrease(stream, length);
        CountUnfinished(message, length);
        if (!message.IsTakenWhole)
        {
            if (IsInterleaving)
            {
                SiftDown(stream.HeapIndex);
            }
            else
            {
                _begun = stream;
            }

            return;
        }

        _begun = null;
        stream.MessagesSent++;
        stream.BytesSent += message.Payload.Length;
        Unlink(stream);
    }

    /// <summary>Gives up what has not been taken of a message; it must be at its stream's head unless it is taken whole.</summary>
    public void Abandon(int place)
    {
        ref var message = ref _messages[place];
        message.IsAbandoned = true;
        tally.MessagesAbandoned++;
        if (message.IsTakenWhole)
        {
            return;
        }

        var stream = message.Stream;
        var rest = message.Payload.Length - message.Taken;
        CountDecrease(stream, rest);
        var isBegun = message.Taken > 0;
        message.Taken = message.Payload.Length;
        if (isBegun)
        {
            CountUnfinished(message, rest);
        }

        _begun = null;
        Unlink(stream);
    }

    public void AddOutstanding(int place)
    {
        _messages[place].Outstanding++;
        _messages[place].Stream.Outstanding++;
    }

    /// <summary>A chunk of the message has been acknowledged or given up for good.</summary>
    public void RemoveOutstanding(int place)
    {
        ref var message = ref _messages[place];
        message.Stream.Outstanding--;
        if (--message.Outstanding == 0 && message.IsTakenWhole)
        {
            Free(place);
        }
    }

    /// <summary>A stream of which less is buffered than when this was last asked.</summary>
    public bool TryTakeDecrease(out StreamId stream, out long bytes)
    {
        if (!_decreased.TryDequeue(out var found))
        {
            stream = default;
            bytes = 0;
            return false;
        }

        stream = found.Id;
        bytes = found.Decreased;
        found.Decreased = 0;
        found.IsDecreaseQueued = false;
        return true;
    }

    public void Trim()
    {
        _decreased.Trim();
        if (_packer is { References: 1 } packer)
        {
            pool.Release(packer);
            _packer = null;
        }

        if (_count == 0)
        {
            _messages = [];
            _free = OutgoingMessage.None;
        }
    }

    // A peer that gathers messages until they are whole needs room for all that are begun: were there more, none would ever be whole.
    private bool MayBegin(in OutgoingMessage message, long room) =>
        message.Taken > 0
            || _unfinished.Count == 0
            || message.Payload.Length <= largestInterleaved
            || _unfinishedBytes + message.Payload.Length <= room;

    private int EarliestUnfinished()
    {
        var earliest = _unfinished[0];
        foreach (var stream in _unfinished)
        {
            earliest = IsBefore(stream, earliest) ? stream : earliest;
        }

        return earliest.Head;
    }

    // Bytes of a message have been taken, or, after its first were, given up.
    private void CountUnfinished(in OutgoingMessage message, int length)
    {
        var isFirst = message.Taken == length;
        if (!IsInterleaving || isFirst == message.IsTakenWhole)
        {
            return;
        }

        var stream = message.Stream;
        if (isFirst)
        {
            stream.UnfinishedIndex = _unfinished.Count;
            _unfinished.Add(stream);
            _unfinishedBytes += message.Payload.Length;
        }
        else
        {
            var last = _unfinished[^1];
            _unfinished[stream.UnfinishedIndex] = last;
            last.UnfinishedIndex = stream.UnfinishedIndex;
            _unfinished.RemoveAt(_unfinished.Count - 1);
            _unfinishedBytes -= message.Payload.Length;
        }
    }

    private long Charge(int length, OutgoingStream stream) => scheduler == StreamScheduler.RoundRobin
        ? OutgoingStream.DefaultWeight
        : Math.Max(1, (long)length * OutgoingStream.DefaultWeight / stream.Weight);

    private void CountDecrease(OutgoingStream stream, int length)
    {
        stream.Buffered -= length;
        Buffered -= length;
        stream.Decreased += length;
        if (!stream.IsDecreaseQueued)
        {
            stream.IsDecreaseQueued = true;
            _decreased.Enqueue(stream);
        }
    }

    private int Unlink(OutgoingStream stream)
    {
        var place = stream.Head;
        stream.Head = _messages[place].Next;
        if (stream.Head == OutgoingMessage.None)
        {
            stream.Tail = OutgoingMessage.None;
            Deactivate(stream);
        }
        else
        {
            SiftDown(stream.HeapIndex);
        }

        return place;
    }

    private int Allocate()
    {
        if (_free == OutgoingMessage.None)
        {
            var old = _messages.Length;
            Array.Resize(ref _messages, Math.Max(4, old * 2));
            for (var place = _messages.Length - 1; place >= old; place--)
            {
                _messages[place].Next = _free;
                _free = place;
            }
        }

        var taken = _free;
        _free = _messages[taken].Next;
        _count++;
        return taken;
    }

    private void Free(int place)
    {
        if (_messages[place].Taken > 0)
        {
            _messages[place].Stream.MessagesOutstanding--;
        }

        pool.Release(_messages[place].Payload);
        _messages[place] = default;
        _messages[place].Next = _free;
        _free = place;
        _count--;
    }

    // A binary heap by virtual time.
    private void Activate(OutgoingStream stream)
    {
        stream.HeapIndex = _active.Count;
        _active.Add(stream);
        SiftUp(stream.HeapIndex);
    }

    private void Deactivate(OutgoingStream stream)
    {
        var index = stream.HeapIndex;
        var moved = _active[^1];
        _active.RemoveAt(_active.Count - 1);
        stream.HeapIndex = -1;
        if (!ReferenceEquals(moved, stream))
        {
            _active[index] = moved;
            moved.HeapIndex = index;
            SiftUp(index);
            SiftDown(moved.HeapIndex);
        }
    }

    private void SiftUp(int index)
    {
        while (index > 0 && IsBefore(index, (index - 1) / 2))
        {
            Swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            var least = index;
            for (var child = 2 * index + 1; child <= 2 * index + 2 && child < _active.Count; child++)
            {
                least = IsBefore(child, least) ? child : least;
            }

            if (least == index)
            {
                return;
            }

            Swap(index, least);
            index = least;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBefore(int left, int right) => IsBefore(_active[left], _active[right]);

    private static bool IsBefore(OutgoingStream first, OutgoingStream second) =>
        first.VirtualTime < second.VirtualTime || (first.VirtualTime == second.VirtualTime && first.Id.Value < second.Id.Value);

    private void Swap(int left, int right)
    {
        (_active[left], _active[right]) = (_active[right], _active[left]);
        _active[left].HeapIndex = left;
        _active[right].HeapIndex = right;
    }
}
