namespace Parley.Rtp;

/// <summary>
/// The store of packets that came too early: slots of one size in a few contiguous slabs, shared by all streams of a session,
/// doubled on demand up to a bound.
/// </summary>
internal sealed class PacketSlab(int slotLength, int maxSlots)
{
    private const int SlotsPerSlab = 32;

    private readonly List<byte[]> _slabs = [];
    private int[] _free = [];
    private int _freeCount;

    /// <summary>Bytes held, in use or not.</summary>
    public long Capacity => (long)_slabs.Count * SlotsPerSlab * slotLength;

    /// <summary>Slots in use.</summary>
    public int Used => _slabs.Count * SlotsPerSlab - _freeCount;

    /// <summary>Copies a packet into a free slot. False: it is too long, or the store is full.</summary>
    public bool TryStore(ReadOnlySpan<byte> packet, out int slot)
    {
        slot = -1;
        if (packet.Length > slotLength || (_freeCount == 0 && !TryGrow()))
        {
            return false;
        }

        slot = _free[--_freeCount];
        packet.CopyTo(_slabs[slot / SlotsPerSlab].AsSpan(slot % SlotsPerSlab * slotLength));
        return true;
    }

    public ReadOnlySpan<byte> Read(int slot, int length) => _slabs[slot / SlotsPerSlab].AsSpan(slot % SlotsPerSlab * slotLength, length);

    public void Release(int slot) => _free[_freeCount++] = slot;

    private bool TryGrow()
    {
        // One burst is soon followed by another that is a little longer.
        var slabs = Math.Min(Math.Max(1, _slabs.Count), maxSlots / SlotsPerSlab - _slabs.Count);
        if (slabs <= 0)
        {
            return false;
        }

        var slots = _slabs.Count * SlotsPerSlab;
        var more = slabs * SlotsPerSlab;
        Array.Resize(ref _free, slots + more);
        for (var i = 0; i < slabs; i++)
        {
            _slabs.Add(new byte[SlotsPerSlab * slotLength]);
        }

        for (var i = 0; i < more; i++)
        {
            _free[_freeCount++] = slots + i;
        }

        return true;
    }
}
