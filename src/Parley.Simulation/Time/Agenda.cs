namespace Parley.Simulation;

/// <summary>
/// What is to come, the earliest first and, at one instant, in the order it was put down. A binary heap whose items know
/// their place, so that a timer which is moved a million times still takes one entry.
/// </summary>
internal sealed class Agenda
{
    private AgendaItem[] _heap = new AgendaItem[64];
    private ulong _sequence;

    internal int Count { get; private set; }

    internal AgendaItem? First => Count == 0 ? null : _heap[0];

    internal void Add(AgendaItem item, long due)
    {
        if (item.Position >= 0)
        {
            Remove(item);
        }

        item.Due = due;
        item.Sequence = _sequence++;
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        Place(item, Count++);
        Rise(item);
    }

    internal void Remove(AgendaItem item)
    {
        var hole = item.Position;
        if (hole < 0)
        {
            return;
        }

        item.Position = -1;
        var last = _heap[--Count];
        _heap[Count] = null!;
        if (last == item)
        {
            return;
        }

        Place(last, hole);
        Rise(last);
        Sink(last);
    }

    private void Rise(AgendaItem item)
    {
        while (item.Position > 0)
        {
            var parent = _heap[(item.Position - 1) / 2];
            if (!IsBefore(item, parent))
            {
                return;
            }

            Swap(item, parent);
        }
    }

    private void Sink(AgendaItem item)
    {
        while (true)
        {
            var child = item.Position * 2 + 1;
            if (child >= Count)
            {
                return;
            }

            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], item))
            {
                return;
            }

            Swap(_heap[child], item);
        }
    }

    private void Swap(AgendaItem left, AgendaItem right)
    {
        var position = left.Position;
        Place(left, right.Position);
        Place(right, position);
    }

    private void Place(AgendaItem item, int position)
    {
        _heap[position] = item;
        item.Position = position;
    }

    private static bool IsBefore(AgendaItem left, AgendaItem right) =>
        left.Due != right.Due ? left.Due < right.Due : left.Sequence < right.Sequence;
}
