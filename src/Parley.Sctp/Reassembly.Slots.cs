using System.Numerics;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// The ring by TSN: fragments that came before their turn, and where messages begun wait for the next.
internal sealed partial class Reassembly
{
    private Slot[] _slots = [];

    // A bit for each slot that has something: who looks for them passes over 64 empty ones at once.
    private ulong[] _occupied = [];
    private int _stored;

    private void Store(in DataChunk chunk)
    {
        Occupy(chunk.Tsn) = new Slot
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

    private void Discard(Tsn tsn)
    {
        ref var slot = ref SlotOf(tsn);
        Buffered -= slot.Payload.Length + Overhead;
        pool.Release(slot.Payload);
        Vacate(tsn);
        _stored--;
    }

    private ref Slot SlotOf(Tsn tsn) => ref _slots[tsn.Value & (uint)(_slots.Length - 1)];

    private void EnsureCapacity(Tsn cumulative, int count)
    {
        if (count < _slots.Length)
        {
            return;
        }

        var (old, wereOccupied) = (_slots, _occupied);
        _slots = new Slot[Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)count + 1))];
        _occupied = new ulong[_slots.Length / 64];
        for (var ahead = 1; TryFindOccupied(wereOccupied, old.Length, cumulative, ref ahead, old.Length); ahead++)
        {
            Occupy(cumulative + ahead) = old[(cumulative + ahead).Value & (uint)(old.Length - 1)];
        }
    }

    private ref Slot Occupy(Tsn tsn)
    {
        var index = tsn.Value & (uint)(_slots.Length - 1);
        _occupied[index >> 6] |= 1UL << (int)(index & 63);
        return ref _slots[index];
    }

    private void Vacate(Tsn tsn)
    {
        var index = tsn.Value & (uint)(_slots.Length - 1);
        _occupied[index >> 6] &= ~(1UL << (int)(index & 63));
        _slots[index] = default;
    }

    private bool TryFindOccupied(Tsn cumulative, ref int ahead, int reach) =>
        TryFindOccupied(_occupied, _slots.Length, cumulative, ref ahead, reach);

    private static bool TryFindOccupied(ulong[] occupied, int length, Tsn cumulative, ref int ahead, int reach)
    {
        while (ahead <= reach)
        {
            var index = (cumulative + ahead).Value & (uint)(length - 1);
            var word = occupied[index >> 6] >> (int)(index & 63);
            if (word != 0)
            {
                ahead += BitOperations.TrailingZeroCount(word);
                return ahead <= reach;
            }

            ahead += 64 - (int)(index & 63);
        }

        return false;
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
}
