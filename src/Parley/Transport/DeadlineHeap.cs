using Parley.Net;

namespace Parley;

/// <summary>Transports by their deadlines, the earliest first: a binary heap in which each knows its place.</summary>
internal sealed class DeadlineHeap
{
    private readonly List<DrivenTransport> _heap = [];

    /// <summary>The earliest deadline; null: none.</summary>
    public Instant? Earliest => _heap.Count == 0 ? null : _heap[0].Due;

    /// <summary>Whose deadline it is.</summary>
    public DrivenTransport First => _heap[0];

    /// <summary>Puts a transport in its place, moves it, or takes it out when nothing is due.</summary>
    public void Set(DrivenTransport transport, Instant? due)
    {
        if (due is not { } at)
        {
            Remove(transport);
            return;
        }

        if (transport.HeapIndex >= 0 && transport.Due == at)
        {
            return;
        }

        transport.Due = at;
        if (transport.HeapIndex < 0)
        {
            transport.HeapIndex = _heap.Count;
            _heap.Add(transport);
        }

        Sink(Rise(transport.HeapIndex));
    }

    private void Remove(DrivenTransport transport)
    {
        var place = transport.HeapIndex;
        if (place < 0)
        {
            return;
        }

        transport.HeapIndex = -1;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != transport)
        {
            Put(last, place);
            Sink(Rise(place));
        }
    }

    private int Rise(int place)
    {
        while (place > 0 && _heap[place].Due < _heap[(place - 1) / 2].Due)
        {
            place = Swap(place, (place - 1) / 2);
        }

        return place;
    }

    private void Sink(int place)
    {
        while (true)
        {
            var least = place;
            for (var child = 2 * place + 1; child <= 2 * place + 2 && child < _heap.Count; child++)
            {
                least = _heap[child].Due < _heap[least].Due ? child : least;
            }

            if (least == place)
            {
                return;
            }

            place = Swap(place, least);
        }
    }

    private int Swap(int from, int to)
    {
        var moved = _heap[from];
        Put(_heap[to], from);
        Put(moved, to);
        return to;
    }

    private void Put(DrivenTransport transport, int place)
    {
        _heap[place] = transport;
        transport.HeapIndex = place;
    }
}
