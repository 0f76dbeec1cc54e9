using System.Numerics;
using System.Runtime.InteropServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// Puts fragments together (RFC 9260 §6.9) and messages in order (§6.6). The fragments of a message have consecutive TSNs, so a message begun is
/// known at the place, in a ring by TSN, of the fragment it waits for; in order, each byte is copied once, into the message's own buffer.
/// </summary>
internal sealed partial class Reassembly(SegmentPool pool, RingQueue<PendingEvent> ready, long maxMessageSize, long limit, long mostHeld, bool isInterleaving, uint scramble, long held = 0)
{
    // What a message or fragment costs beyond its bytes.
    private const int Overhead = 64;
    private const int FirstGuess = 2048;
    private readonly Parking _parking = new(scramble);
    private readonly Dictionary<ushort, IncomingStream> _streams = [];
    private readonly List<Assembly> _assemblies = [];
    private readonly Stack<int> _freeAssemblies = [];
    private Slot[] _slots = [];
    private Segment? _packer;
    private IncomingStream? _last;
    private int _stored;
    private long _unfinished;
    private long _unfinishedPayload;

    /// <summary>What is held, delivered but not read included, in bytes.</summary>
    public long Buffered { get; private set; } = held;

    /// <summary>What may be held beside messages begun, in bytes; it only grows.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>The bytes that have been read since the beginning.</summary>
    public long Consumed { get; private set; }

    /// <summary>
    /// The receive window, in bytes. Interleaved messages (RFC 8260) that are begun count only against the most that is held at all: many may be begun, and only their rest makes room,
    /// so that a window which they closed would never open again.
    /// </summary>
    public long Window => Math.Max(0, isInterleaving ? Math.Min(Limit - Counted, mostHeld - _unfinishedPayload) : Limit - Buffered);

    /// <summary>Whether what is new has no room, even if it was promised.</summary>
    public bool IsFull => Counted >= Limit + Limit / 2 || WastedByUnfinished >= 2 * Limit;

    /// <summary>Whether a chunk, even in a gap, would make the buffer larger than any honest peer does.</summary>
    public bool IsOverflowing => Counted >= 2 * Limit || WastedByUnfinished >= 3 * Limit || _unfinishedPayload >= 2 * mostHeld;

    private long Counted => isInterleaving ? Buffered - _unfinished : Buffered;

    // Buffers of messages begun are at most twice as large as what has come, but for the least and for a guess of the message's length.
    private long WastedByUnfinished => isInterleaving ? _unfinished - 3 * _unfinishedPayload : 0;

    /// <summary>The streams that have carried anything.</summary>
    public IReadOnlyDictionary<ushort, IncomingStream> Streams => _streams;

    /// <summary>Takes a chunk whose TSN is new.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="cumulative">The cumulative TSN before the chunk.</param>
    /// <param name="isLenient">Whether messages may have been given up by the peer, so that an unfinished one is no violation.</param>
    /// <returns>False: no honest peer sends this.</returns>
    public bool Add(in DataChunk chunk, Tsn cumulative, bool isLenient)
    {
        if (chunk is { IsBeginning: true, IsEnd: true } && _slots.Length == 0)
        {
            Complete(chunk);
            return true;
        }

        EnsureCapacity(cumulative, chunk.Tsn - cumulative + 1);
        ref var slot = ref SlotOf(chunk.Tsn);
        if (chunk.IsBeginning)
        {
            if (slot.Awaiting != 0)
            {
                // A message of which the rest never comes.
                if (!isLenient)
                {
                    return false;
                }

                Drop(slot.Awaiting - 1);
                slot = default;
            }

            if (chunk.IsEnd)
            {
                Complete(chunk);
                return true;
            }

            return Append(Begin(chunk), chunk.Tsn, chunk.Payload, false);
        }

        if (slot.Awaiting == 0)
        {
            Store(chunk, ref slot);
            return true;
        }

        var place = slot.Awaiting - 1;
        slot = default;
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        return assembly.Stream == chunk.Stream && assembly.IsUnordered == chunk.IsUnordered && (assembly.IsUnordered || assembly.Ssn == chunk.Ssn)
            && Append(place, chunk.Tsn, chunk.Payload, chunk.IsEnd);
    }

    /// <summary>Fragments that nobody waits for when the cumulative TSN has passed them belong to no message.</summary>
    public bool PassOver(Tsn from, Tsn to, bool isLenient)
    {
        for (var tsn = from + 1; _stored > 0 && tsn <= to && to - from <= _slots.Length; tsn++)
        {
            ref var slot = ref SlotOf(tsn);
            if (slot.IsPresent)
            {
                Discard(ref slot);
                if (!isLenient)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>RFC 3758 §3.6: what is unfinished up to a TSN is given up.</summary>
    public void Skip(Tsn cumulative, Tsn to)
    {
        var reach = Math.Min(to - cumulative, _slots.Length);
        for (var ahead = 1; ahead <= reach; ahead++)
        {
            ref var slot = ref SlotOf(cumulative + ahead);
            if (slot.IsPresent)
            {
                Discard(ref slot);
            }
            else if (slot.Awaiting != 0)
            {
                Drop(slot.Awaiting - 1);
                slot = default;
            }
        }
    }

    /// <summary>RFC 3758 §3.6: messages up to this one do not come any more; those after it need not wait for them.</summary>
    public void SkipMessages(StreamId id, ushort lastSkipped)
    {
        var stream = StreamOf(id.Value);
        var next = (ushort)(lastSkipped + 1);
        if (!SerialNumber.IsAfter(next, stream.NextSsn))
        {
            return;
        }

        foreach (var ssn in _parking.NumbersBefore(stream, next))
        {
            if (_parking.TryTake(stream, ssn, out var message))
            {
                Deliver(stream, message);
            }
        }

        stream.NextMid += (ushort)(next - stream.NextSsn);
        DeliverParked(stream);
    }

    /// <summary>RFC 6525 §5.2.2: the stream's messages are numbered from 0 again.</summary>
    public void Reset(StreamId id)
    {
        if (_streams.TryGetValue(id.Value, out var stream))
        {
            while (stream.ParkedCount > 0 && _parking.TryTake(stream, _parking.AnyNumber(stream), out var orphan))
            {
                Consume(orphan);
            }

            stream.NextMid = 0;
            DropInterleaved(stream, null, null, all: true);
            stream.SkippedUnorderedMid = null;
        }
    }

    /// <summary>An event has been read.</summary>
    public void Consume(in PendingEvent read)
    {
        Buffered -= read.Charge;
        Consumed += read.Charge;
        pool.Release(read.Payload);
    }

    public void Trim()
    {
        if (_stored == 0 && _freeAssemblies.Count == _assemblies.Count)
        {
            _slots = [];
            TrimInterleaved();
        }

        if (_packer is { References: 1 } packer)
        {
            pool.Release(packer);
            _packer = null;
        }
    }

    private void Complete(in DataChunk chunk)
    {
        // Larger than the limit in a single chunk: only where the limit is smaller than a packet.
        var isDropped = chunk.Payload.Length > maxMessageSize;
        var charge = chunk.Payload.Length + Overhead;
        Buffered += charge;
        Finish(chunk.Stream, chunk.Ssn, chunk.IsUnordered, new PendingEvent
        {
            Kind = isDropped ? SctpEventKind.MessageDropped : SctpEventKind.MessageReceived,
            Stream = new StreamId(chunk.Stream),
            Ppid = chunk.Ppid,
            Payload = isDropped ? default : pool.Store(chunk.Payload, ref _packer),
            Charge = charge,
        });
    }

    private int Begin(in DataChunk chunk)
    {
        var assembly = new Assembly { Stream = chunk.Stream, Ssn = chunk.Ssn, Ppid = chunk.Ppid, IsUnordered = chunk.IsUnordered };
        var guess = Math.Max(StreamOf(chunk.Stream).LastLength, 2 * chunk.Payload.Length);
        assembly.Buffer = pool.Rent(Buffered + guess < Limit ? guess : Math.Max(chunk.Payload.Length, FirstGuess));
        CountUnfinished(assembly.Buffer.Bytes.Length + Overhead);
        if (_freeAssemblies.TryPop(out var place))
        {
            _assemblies[place] = assembly;
        }
        else
        {
            place = _assemblies.Count;
            _assemblies.Add(assembly);
        }

        return place;
    }

    // Appends a fragment and those already here that follow it; at the end, finishes the message.
    private bool Append(int place, Tsn tsn, ReadOnlySpan<byte> payload, bool isEnd)
    {
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        Append(ref assembly, payload);
        while (!isEnd)
        {
            tsn++;
            ref var slot = ref SlotOf(tsn);
            if (!slot.IsPresent)
            {
                slot.Awaiting = place + 1;
                return true;
            }

            if (slot.Stream != assembly.Stream || slot.IsUnordered != assembly.IsUnordered || (!slot.IsUnordered && slot.Ssn != assembly.Ssn))
            {
                Drop(place);
                return false;
            }

            Append(ref assembly, slot.Payload.Span);
            isEnd = slot.IsEnd;
            Discard(ref slot);
        }

        Finish(place);
        return true;
    }

    private void Append(ref Assembly assembly, ReadOnlySpan<byte> payload)
    {
        if (assembly.Length + (long)payload.Length > maxMessageSize)
        {
            assembly.IsDropped = true;
        }

        if (assembly.IsDropped)
        {
            ReleaseBuffer(ref assembly);
            _unfinishedPayload -= assembly.Length;
            assembly.Length = 0;
            return;
        }

        var buffer = assembly.Buffer!;
        if (buffer.Bytes.Length - assembly.Length < payload.Length)
        {
            var larger = pool.Rent(Math.Max(assembly.Length + payload.Length, (int)Math.Min(2L * assembly.Length, maxMessageSize)));
            buffer.Bytes.AsSpan(0, assembly.Length).CopyTo(larger.Bytes);
            CountUnfinished(larger.Bytes.Length - buffer.Bytes.Length);
            pool.Release(buffer);
            assembly.Buffer = buffer = larger;
        }

        payload.CopyTo(buffer.Bytes.AsSpan(assembly.Length));
        assembly.Length += payload.Length;
        _unfinishedPayload += payload.Length;
    }

    private void Finish(int place)
    {
        var assembly = _assemblies[place];
        _assemblies[place] = default;
        _freeAssemblies.Push(place);
        _unfinished -= (assembly.Buffer?.Bytes.Length ?? 0) + Overhead;
        _unfinishedPayload -= assembly.Length;
        StreamOf(assembly.Stream).LastLength = assembly.Length;
        var message = new PendingEvent
        {
            Kind = assembly.IsDropped ? SctpEventKind.MessageDropped : SctpEventKind.MessageReceived,
            Stream = new StreamId(assembly.Stream),
            Ppid = assembly.Ppid,
            Charge = Overhead,
        };
        if (assembly.Buffer is { } buffer)
        {
            message.Payload = new PayloadSlice(buffer, 0, assembly.Length);
            if (buffer.Bytes.Length > 4 * assembly.Length)
            {
                // The guess was much too large: a small message must not hold a large buffer until it is read.
                message.Payload = pool.Store(message.Payload.Span, ref _packer);
                Buffered += assembly.Length - buffer.Bytes.Length;
                message.Charge += assembly.Length;
                pool.Release(buffer);
            }
            else
            {
                message.Charge += buffer.Bytes.Length;
            }
        }

        Finish(assembly.Stream, assembly.Ssn, assembly.IsUnordered, message);
    }

    private void Finish(ushort id, ushort ssn, bool isUnordered, in PendingEvent message)
    {
        var stream = StreamOf(id);
        if (isUnordered)
        {
            Deliver(stream, message);
        }
        else if (ssn == stream.NextSsn)
        {
            stream.NextMid++;
            Deliver(stream, message);
            DeliverParked(stream);
        }
        else if (!SerialNumber.IsAfter(ssn, stream.NextSsn) || !_parking.TryPark(stream, ssn, message))
        {
            // A number used twice: there is no place for it.
            Consume(message);
        }
    }

    private void DeliverParked(IncomingStream stream)
    {
        while (_parking.TryTake(stream, stream.NextSsn, out var message))
        {
            stream.NextMid++;
            Deliver(stream, message);
        }
    }

    private void Deliver(IncomingStream stream, in PendingEvent message)
    {
        stream.MessagesReceived++;
        stream.BytesReceived += message.Payload.Length;
        ready.Enqueue(message);
    }

    private void Store(in DataChunk chunk, ref Slot slot)
    {
        slot = new Slot
        {
            IsPresent = true,
            IsEnd = chunk.IsEnd,
            IsUnordered = chunk.IsUnordered,
            Stream = chunk.Stream,
            Ssn = chunk.Ssn,
            Payload = pool.Store(chunk.Payload, ref _packer),
        };
        Buffered += chunk.Payload.Length + Overhead;
        _stored++;
    }

    private void Discard(ref Slot slot)
    {
        Buffered -= slot.Payload.Length + Overhead;
        pool.Release(slot.Payload);
        slot = default;
        _stored--;
    }

    private void Drop(int place)
    {
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        ReleaseBuffer(ref assembly);
        CountUnfinished(-Overhead);
        _unfinishedPayload -= assembly.Length;
        assembly = default;
        _freeAssemblies.Push(place);
    }

    private void ReleaseBuffer(ref Assembly assembly)
    {
        if (assembly.Buffer is { } buffer)
        {
            CountUnfinished(-buffer.Bytes.Length);
            pool.Release(buffer);
            assembly.Buffer = null;
        }
    }

    private void CountUnfinished(int bytes)
    {
        Buffered += bytes;
        _unfinished += bytes;
    }

    private IncomingStream StreamOf(ushort id)
    {
        if (_last is { } last && last.Id.Value == id)
        {
            return last;
        }

        ref var stream = ref CollectionsMarshal.GetValueRefOrAddDefault(_streams, id, out _);
        return _last = stream ??= new IncomingStream(new StreamId(id));
    }

    private ref Slot SlotOf(Tsn tsn) => ref _slots[tsn.Value & (uint)(_slots.Length - 1)];

    private void EnsureCapacity(Tsn cumulative, int count)
    {
        if (count < _slots.Length)
        {
            return;
        }

        var old = _slots;
        _slots = new Slot[Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)count + 1))];
        for (var ahead = 1; ahead <= old.Length; ahead++)
        {
            SlotOf(cumulative + ahead) = old[(cumulative + ahead).Value & (uint)(old.Length - 1)];
        }
    }

    private struct Slot
    {
        public PayloadSlice Payload;
        public int Awaiting;
        public ushort Stream;
        public ushort Ssn;
        public bool IsPresent;
        public bool IsEnd;
        public bool IsUnordered;
    }

    private struct Assembly
    {
        public Segment? Buffer;
        public uint Mid;
        public uint NextFsn;

        /// <summary>The first of its fragments that came before their turn.</summary>
        public int FirstFragment;

        /// <summary>Its neighbours among the messages of its stream.</summary>
        public int Next;
        public int Previous;
        public int Length;
        public uint Ppid;
        public ushort Stream;
        public ushort Ssn;
        public bool IsUnordered;
        public bool IsDropped;
    }
}
