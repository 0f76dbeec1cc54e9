using System.Numerics;
using System.Runtime.InteropServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// Puts fragments together (RFC 9260 §6.9) and messages in order (§6.6). The fragments of a message have consecutive TSNs, so a message
/// begun is known at the place, in a ring by TSN, of the fragment it waits for; in order, each byte is copied once, into the message's own
/// buffer.
/// </summary>
internal sealed partial class Reassembly(
    SegmentPool pool, RingQueue<PendingEvent> ready, long maxMessageSize, long limit, long mostHeld, bool isInterleaving, uint scramble,
    long held = 0)
{
    /// <summary>
    /// What a message, a fragment or an event costs beyond its bytes: its places in a queue, a heap and a table, which have room for the
    /// next as well.
    /// </summary>
    public const int Overhead = 96;

    private const int FirstGuess = 2048;

    // Segments that are being filled, and what of those in use is still free.
    private const int PackerSlack = 64 * 1024;
    private readonly Parking _parking = new(scramble);
    private readonly Dictionary<ushort, IncomingStream> _streams = [];
    private readonly List<Assembly> _assemblies = [];
    private readonly Stack<int> _freeAssemblies = [];
    private readonly List<IncomingStream> _inUse = [];
    private Segment? _packer;
    private IncomingStream? _last;
    private long _unfinished;
    private long _unfinishedPayload;

    /// <summary>What is held, delivered but not read included, in bytes.</summary>
    public long Buffered { get; private set; } = held;

    /// <summary>What may be held beside messages begun, in bytes; it only grows.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>The bytes that have been read since the beginning.</summary>
    public long Consumed { get; private set; }

    /// <summary>
    /// The receive window, in bytes. Interleaved messages (RFC 8260) that are begun count only against the most that is held at all: many
    /// may be begun, and only their rest makes room, so that a window which they closed would never open again.
    /// </summary>
    public long Window => Math.Max(0, isInterleaving ? Math.Min(Limit - Counted, mostHeld - _unfinishedPayload) : Limit - Counted);

    /// <summary>The bytes that have come since the beginning, with what they cost; less what was dropped.</summary>
    public long Admitted => Consumed + Buffered;

    /// <summary>Whether what is new has no room, even if it was promised.</summary>
    public bool IsFull => Counted >= Limit + Limit / 2 || WastedByUnfinished >= 2 * Limit;

    /// <summary>Whether a chunk, even in a gap, would make the buffer larger than any honest peer does.</summary>
    public bool IsOverflowing => Counted >= 2 * Limit || WastedByUnfinished >= 3 * Limit || _unfinishedPayload >= 2 * mostHeld;

    private long Counted => isInterleaving ? Occupied - _unfinished : Occupied;

    // A small payload that stays keeps the whole segment that it shares with others: whoever leaves one behind in each is charged for all.
    private long Occupied => Math.Max(Buffered, pool.InUse - PackerSlack);

    // Buffers of messages begun are at most twice as large as what has come, but for the least and for a guess of the message's length.
    private long WastedByUnfinished => isInterleaving ? _unfinished - 3 * _unfinishedPayload : 0;

    /// <summary>The streams that have carried anything.</summary>
    public IReadOnlyDictionary<ushort, IncomingStream> Streams => _streams;

    /// <summary>
    /// What the peer's skipping has made this side look at: places, and messages that waited. The tests hold it to what arrives.
    /// </summary>
    public long SkipSteps { get; private set; }

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
                Vacate(chunk.Tsn);
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
            Store(chunk);
            return true;
        }

        var place = slot.Awaiting - 1;
        Vacate(chunk.Tsn);
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        return assembly.Stream == chunk.Stream
            && assembly.IsUnordered == chunk.IsUnordered
            && (assembly.IsUnordered || assembly.Ssn == chunk.Ssn)
            && Append(place, chunk.Tsn, chunk.Payload, chunk.IsEnd);
    }

    /// <summary>Fragments that nobody waits for when the cumulative TSN has passed them belong to no message.</summary>
    public bool PassOver(Tsn from, Tsn to, bool isLenient)
    {
        for (var tsn = from + 1; _stored > 0 && tsn <= to && to - from <= _slots.Length; tsn++)
        {
            if (SlotOf(tsn).IsPresent)
            {
                Discard(tsn);
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
        SkipSteps += reach / 64;
        for (var ahead = 1; TryFindOccupied(cumulative, ref ahead, reach); ahead++)
        {
            var tsn = cumulative + ahead;
            SkipSteps++;
            if (SlotOf(tsn).IsPresent)
            {
                Discard(tsn);
            }
            else
            {
                Drop(SlotOf(tsn).Awaiting - 1);
                Vacate(tsn);
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

        stream.NextMid += (ushort)(next - stream.NextSsn);
        while (_parking.TryTakeBefore(stream, stream.NextMid, out var message))
        {
            SkipSteps++;
            Deliver(stream, message);
        }

        DeliverParked(stream);
    }

    /// <summary>RFC 6525 §5.2.2: the stream's messages are numbered from 0 again.</summary>
    public void Reset(StreamId id)
    {
        if (_streams.TryGetValue(id.Value, out var stream))
        {
            while (_parking.TryTakeFirst(stream, out var orphan))
            {
                Consume(orphan);
            }

            stream.NextMid = 0;
            DropInterleaved(stream);
            stream.SkippedUnorderedMid = null;
        }
    }

    /// <summary>A stream is used from now on: by a message from the peer, or by a channel of this side.</summary>
    public void Use(StreamId id) => StreamOf(id.Value);

    /// <summary>RFC 6525 §4.1: the streams that a reset of all concerns. Each is named once for each time that it was used.</summary>
    public ushort[] TakeStreamsInUse()
    {
        var ids = new ushort[_inUse.Count];
        for (var index = 0; index < ids.Length; index++)
        {
            ids[index] = _inUse[index].Id.Value;
            _inUse[index].IsInUse = false;
        }

        _inUse.Clear();
        return ids;
    }

    /// <summary>Charges for an event that is no message; whoever reads it pays it back by <see cref="Consume"/>.</summary>
    public void ChargeEvent() => Buffered += Overhead;

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
            _occupied = [];
            TrimInterleaved();
        }

        _parking.Trim();
        foreach (var stream in _streams.Values)
        {
            stream.Trim();
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
                Occupy(tsn).Awaiting = place + 1;
                return true;
            }

            if (slot.Stream != assembly.Stream
                || slot.IsUnordered != assembly.IsUnordered
                || (!slot.IsUnordered && slot.Ssn != assembly.Ssn))
            {
                Drop(place);
                return false;
            }

            Append(ref assembly, slot.Payload.Span);
            isEnd = slot.IsEnd;
            Discard(tsn);
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
        else if (!SerialNumber.IsAfter(ssn, stream.NextSsn)
            || !_parking.TryPark(stream, stream.NextMid + (ushort)(ssn - stream.NextSsn), message))
        {
            // A number used twice: there is no place for it.
            Consume(message);
        }
    }

    private void DeliverParked(IncomingStream stream)
    {
        while (_parking.TryTakeBefore(stream, stream.NextMid + 1, out var message))
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
        if (_last is { IsInUse: true } last && last.Id.Value == id)
        {
            return last;
        }

        ref var stream = ref CollectionsMarshal.GetValueRefOrAddDefault(_streams, id, out _);
        stream ??= new IncomingStream(new StreamId(id));
        if (!stream.IsInUse)
        {
            stream.IsInUse = true;
            _inUse.Add(stream);
        }

        return _last = stream;
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
