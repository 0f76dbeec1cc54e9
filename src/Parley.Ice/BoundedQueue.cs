namespace Parley.Ice;

/// <summary>A first-in first-out queue with a limit, which takes memory only as it fills.</summary>
internal sealed class BoundedQueue<T>(int capacity)
{
    private const int Smallest = 4;
    private T[] _items = [];
    private int _head;

    public int Count { get; private set; }

    /// <summary>Appends; false when full.</summary>
    public bool TryEnqueue(T item)
    {
        if (Count == capacity)
        {
            return false;
        }

        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count) % _items.Length] = item;
        Count++;
        return true;
    }

    public bool TryDequeue(out T item)
    {
        if (Count == 0)
        {
            item = default!;
            return false;
        }

        item = _items[_head];
        _items[_head] = default!;
        _head = (_head + 1) % _items.Length;
        Count--;
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        var larger = new T[Math.Min(capacity, Math.Max(Smallest, Count * 2))];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _items[(_head + i) % _items.Length];
        }

        _items = larger;
        _head = 0;
    }
}
