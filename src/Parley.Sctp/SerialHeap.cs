namespace Parley.Sctp;

/// <summary>
/// Numbers that wrap (RFC 1982), each with a place, the earliest first: a binary heap, so that taking what comes before a number costs only
/// what is taken.
/// </summary>
internal sealed class SerialHeap
{
    private (uint Number, int Place)[] _items = [];

    public int Count { get; private set; }

    /// <summary>The earliest; there is one.</summary>
    public (uint Number, int Place) First => _items[0];

    public void Push(uint number, int place)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, 2 * Count));
        }

        var at = Count++;
        for (; at > 0 && IsBefore(number, _items[(at - 1) / 2].Number); at = (at - 1) / 2)
        {
            _items[at] = _items[(at - 1) / 2];
        }

        _items[at] = (number, place);
    }

    public (uint Number, int Place) Pop()
    {
        var first = _items[0];
        var last = _items[--Count];
        var at = 0;
        for (int child; (child = 2 * at + 1) < Count; at = child)
        {
            if (child + 1 < Count && IsBefore(_items[child + 1].Number, _items[child].Number))
            {
                child++;
            }

            if (!IsBefore(_items[child].Number, last.Number))
            {
                break;
            }

            _items[at] = _items[child];
        }

        _items[at] = last;
        return first;
    }

    public void Clear() => Count = 0;

    private static bool IsBefore(uint left, uint right) => (int)(left - right) < 0;
}
