using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// I-DATA (RFC 8260 §2.2): fragments of several messages come by turns, each with the message's number and its own. Those that come before
// their turn are found by both.
internal sealed partial class Reassembly
{
    private const int None = IncomingStream.None;

    // Sequence numbers are compared by 16 bits where messages wait for others; further ahead no peer may be.
    private const uint MaxAhead = 0x8000;

    private readonly Dictionary<ulong, int> _byMessage = new(new ScrambledKeys(scramble));
    private readonly Dictionary<ulong, int> _byFragment = new(new ScrambledKeys(scramble));
    private readonly List<Fragment> _fragments = [];
    private readonly List<IncomingStream> _skipping = [];
    private int _freeFragment = None;
    private ulong _lastKey;
    private int _lastPlace = None;

    /// <summary>Takes a chunk of I-DATA whose TSN is new.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="isLenient">Whether messages may have been given up by the peer, so that a late fragment is no violation.</param>
    /// <returns>False: no honest peer sends this.</returns>
    public bool AddInterleaved(in DataChunk chunk, bool isLenient)
    {
        var stream = StreamOf(chunk.Stream);
        if (chunk.IsUnordered ? IsUpTo(chunk.Mid, stream.SkippedUnorderedMid) : (int)(chunk.Mid - stream.NextMid) < 0)
        {
            return isLenient;
        }

        if (!chunk.IsUnordered && chunk.Mid - stream.NextMid >= MaxAhead)
        {
            return false;
        }

        if (chunk is { IsBeginning: true, IsEnd: true })
        {
            Complete(chunk);
            return true;
        }

        return Take(PlaceOf(chunk, stream), chunk);
    }

    /// <summary>RFC 8260 §2.3.1: of each stream named, messages up to a number do not come any more.</summary>
    /// <param name="entries">The stream, whether unordered messages are meant, and the number; eight bytes each.</param>
    /// <param name="streams">How many streams there are.</param>
    /// <returns>False: no honest peer skips as many.</returns>
    public bool SkipInterleaved(ReadOnlySpan<byte> entries, ushort streams)
    {
        // First what is said, then what follows: a stream named often is gone through once.
        for (; !entries.IsEmpty; entries = entries[8..])
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(entries);
            if (id >= streams)
            {
                continue;
            }

            var stream = StreamOf(id);
            if (stream.SkipTo is null && stream.SkipUnorderedTo is null)
            {
                _skipping.Add(stream);
            }

            ref var to = ref (entries[3] & 1) != 0 ? ref stream.SkipUnorderedTo : ref stream.SkipTo;
            var mid = BinaryPrimitives.ReadUInt32BigEndian(entries[4..]);
            to = to is { } before && (int)(mid - before) < 0 ? before : mid;
        }

        var isPlausible = true;
        foreach (var stream in _skipping)
        {
            isPlausible &= SkipInterleaved(stream);
        }

        _skipping.Clear();
        return isPlausible;
    }

    private bool SkipInterleaved(IncomingStream stream)
    {
        var (to, unorderedTo) = (stream.SkipTo, stream.SkipUnorderedTo);
        stream.SkipTo = stream.SkipUnorderedTo = null;
        if (unorderedTo is { } unordered)
        {
            DropUpTo(stream, isUnordered: true, unordered);
            stream.SkippedUnorderedMid = IsUpTo(unordered, stream.SkippedUnorderedMid) ? stream.SkippedUnorderedMid : unordered;
        }

        if (to is not { } last)
        {
            return true;
        }

        DropUpTo(stream, isUnordered: false, last);
        if ((int)(last - stream.NextMid) < 0)
        {
            return true;
        }

        if (last - stream.NextMid >= MaxAhead)
        {
            return false;
        }

        SkipMessages(stream.Id, (ushort)last);
        return true;
    }

    private int PlaceOf(in DataChunk chunk, IncomingStream stream)
    {
        var key = KeyOf(chunk.Stream, chunk.IsUnordered, chunk.Mid);
        if (_lastPlace != None && _lastKey == key)
        {
            return _lastPlace;
        }

        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_byMessage, key, out var isKnown);
        if (!isKnown)
        {
            place = Begin(chunk);
            var assemblies = CollectionsMarshal.AsSpan(_assemblies);
            ref var assembly = ref assemblies[place];
            assembly.Mid = chunk.Mid;
            assembly.FirstFragment = None;
            assembly.Next = stream.FirstAssembly;
            assembly.Previous = None;
            if (stream.FirstAssembly != None)
            {
                assemblies[stream.FirstAssembly].Previous = place;
            }

            stream.FirstAssembly = place;
            stream.BegunCount++;
            NoteBegun(stream, chunk.IsUnordered, chunk.Mid, place);
        }

        (_lastKey, _lastPlace) = (key, place);
        return place;
    }

    private bool Take(int place, in DataChunk chunk)
    {
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        if (chunk.IsBeginning)
        {
            assembly.Ppid = chunk.Ppid;
        }

        if (chunk.Fsn != assembly.NextFsn)
        {
            return (int)(chunk.Fsn - assembly.NextFsn) > 0 && TryKeep(place, ref assembly, chunk);
        }

        assembly.NextFsn++;
        Append(ref assembly, chunk.Payload);
        var isEnd = chunk.IsEnd;
        while (!isEnd && assembly.FirstFragment != None && _byFragment.Remove(FragmentKey(place, assembly.NextFsn), out var index))
        {
            assembly.NextFsn++;
            Append(ref assembly, _fragments[index].Payload.Span);
            isEnd = _fragments[index].IsEnd;
            Discard(ref assembly, index);
        }

        if (!isEnd)
        {
            return true;
        }

        if (assembly.FirstFragment != None)
        {
            return false; // Fragments behind the last.
        }

        Unlink(StreamOf(assembly.Stream), place);
        Finish(place);
        return true;
    }

    private bool TryKeep(int place, ref Assembly assembly, in DataChunk chunk)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_byFragment, FragmentKey(place, chunk.Fsn), out var isKnown);
        if (isKnown)
        {
            return false;
        }

        index = _freeFragment;
        var fragment = new Fragment
        {
            Payload = pool.Store(chunk.Payload, ref _packer),
            Fsn = chunk.Fsn,
            IsEnd = chunk.IsEnd,
            Next = assembly.FirstFragment,
            Previous = None,
        };
        if (index == None)
        {
            index = _fragments.Count;
            _fragments.Add(fragment);
        }
        else
        {
            _freeFragment = _fragments[index].Next;
            _fragments[index] = fragment;
        }

        if (assembly.FirstFragment != None)
        {
            CollectionsMarshal.AsSpan(_fragments)[assembly.FirstFragment].Previous = index;
        }

        assembly.FirstFragment = index;
        Buffered += chunk.Payload.Length + Overhead;
        return true;
    }

    private void Discard(ref Assembly assembly, int index)
    {
        var fragments = CollectionsMarshal.AsSpan(_fragments);
        ref var fragment = ref fragments[index];
        Buffered -= fragment.Payload.Length + Overhead;
        pool.Release(fragment.Payload);
        if (fragment.Previous == None)
        {
            assembly.FirstFragment = fragment.Next;
        }
        else
        {
            fragments[fragment.Previous].Next = fragment.Next;
        }

        if (fragment.Next != None)
        {
            fragments[fragment.Next].Previous = fragment.Previous;
        }

        fragment = new Fragment { Next = _freeFragment };
        _freeFragment = index;
    }

    private void DropInterleaved(IncomingStream stream)
    {
        while (stream.FirstAssembly != None)
        {
            DropInterleaved(stream, stream.FirstAssembly);
        }

        stream.Begun?.Clear();
        stream.BegunUnordered?.Clear();
    }

    // The messages that come first by their numbers: skipping one of many must not look at all.
    private void DropUpTo(IncomingStream stream, bool isUnordered, uint last)
    {
        var begun = isUnordered ? stream.BegunUnordered : stream.Begun;
        while (begun is { Count: > 0 } && IsUpTo(begun.First.Number, last))
        {
            SkipSteps++;
            var (mid, place) = begun.Pop();
            if (_byMessage.TryGetValue(KeyOf(stream.Id.Value, isUnordered, mid), out var known) && known == place)
            {
                DropInterleaved(stream, place);
            }
        }
    }

    private void DropInterleaved(IncomingStream stream, int place)
    {
        ref var assembly = ref CollectionsMarshal.AsSpan(_assemblies)[place];
        while (assembly.FirstFragment != None)
        {
            _byFragment.Remove(FragmentKey(place, _fragments[assembly.FirstFragment].Fsn));
            Discard(ref assembly, assembly.FirstFragment);
        }

        Unlink(stream, place);
        Drop(place);
    }

    private static void NoteBegun(IncomingStream stream, bool isUnordered, uint mid, int place) =>
        (isUnordered ? stream.BegunUnordered ??= new SerialHeap() : stream.Begun ??= new SerialHeap()).Push(mid, place);

    // Messages finish in any order and stay noted as begun; when most are finished, only the others are kept.
    private void ForgetFinished(IncomingStream stream)
    {
        if ((stream.Begun?.Count ?? 0) + (stream.BegunUnordered?.Count ?? 0) <= 2 * stream.BegunCount + 64)
        {
            return;
        }

        stream.Begun?.Clear();
        stream.BegunUnordered?.Clear();
        for (var place = stream.FirstAssembly; place != None; place = _assemblies[place].Next)
        {
            NoteBegun(stream, _assemblies[place].IsUnordered, _assemblies[place].Mid, place);
        }
    }

    private void Unlink(IncomingStream stream, int place)
    {
        var assemblies = CollectionsMarshal.AsSpan(_assemblies);
        ref var assembly = ref assemblies[place];
        _byMessage.Remove(KeyOf(assembly.Stream, assembly.IsUnordered, assembly.Mid));
        _lastPlace = None;
        if (assembly.Previous == None)
        {
            stream.FirstAssembly = assembly.Next;
        }
        else
        {
            assemblies[assembly.Previous].Next = assembly.Next;
        }

        if (assembly.Next != None)
        {
            assemblies[assembly.Next].Previous = assembly.Previous;
        }

        stream.BegunCount--;
        ForgetFinished(stream);
    }

    private void TrimInterleaved()
    {
        _byMessage.TrimExcess();
        _byFragment.TrimExcess();
        if (_byFragment.Count == 0)
        {
            _fragments.Clear();
            _fragments.TrimExcess();
            _freeFragment = None;
        }
    }

    private static bool IsUpTo(uint mid, uint? limit) => limit is { } last && (int)(mid - last) <= 0;

    private static ulong KeyOf(ushort stream, bool isUnordered, uint mid) => (ulong)stream << 33 | (isUnordered ? 1UL << 32 : 0) | mid;

    private static ulong FragmentKey(int place, uint fsn) => (ulong)(uint)place << 32 | fsn;

    /// <summary>A secret multiplier, so that a peer cannot choose keys that collide.</summary>
    private sealed class ScrambledKeys(uint secret) : IEqualityComparer<ulong>
    {
        private readonly ulong _factor = (0x9E37_79B9_7F4A_7C15 ^ secret ^ (ulong)secret << 32) | 1;

        public bool Equals(ulong left, ulong right) => left == right;

        public int GetHashCode(ulong key) => (int)((key ^ key >> 29) * _factor >> 32);
    }

    private struct Fragment
    {
        public PayloadSlice Payload;
        public uint Fsn;
        public int Next;
        public int Previous;
        public bool IsEnd;
    }
}
