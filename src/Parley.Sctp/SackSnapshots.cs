namespace Parley.Sctp;

/// <summary>
/// SACKs written when a packet came and sent when the loop asks. A peer finds a loss by three SACKs that miss a TSN and acknowledge
/// something new beyond it (RFC 9260 §7.2.4); a loop that reads a batch before it sends would owe it one for the whole batch.
/// </summary>
internal sealed class SackSnapshots
{
    /// <summary>Room for one: 32 gap blocks and 16 duplicates.</summary>
    public const int SlotLength = 12 + 4 + 12 + 4 * (32 + 16);

    private const int Slots = 16;
    private readonly int[] _lengths = new int[Slots];
    private byte[] _bytes = [];
    private int _head;
    private int _count;

    public bool IsEmpty => _count == 0;

    public bool IsFull => _count == Slots;

    /// <summary>The next free slot; <see cref="Commit"/> keeps what was written.</summary>
    public Span<byte> Begin()
    {
        if (_bytes.Length == 0)
        {
            _bytes = new byte[Slots * SlotLength];
        }

        return _bytes.AsSpan((_head + _count) % Slots * SlotLength, SlotLength);
    }

    public void Commit(int length)
    {
        _lengths[(_head + _count) % Slots] = length;
        _count++;
    }

    public bool TryTake(out ReadOnlySpan<byte> packet)
    {
        if (_count == 0)
        {
            packet = default;
            return false;
        }

        packet = _bytes.AsSpan(_head * SlotLength, _lengths[_head]);
        _head = (_head + 1) % Slots;
        _count--;
        return true;
    }

    public void Clear() => _count = 0;
}
