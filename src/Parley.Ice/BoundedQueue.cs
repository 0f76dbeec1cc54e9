namespace Parley.Ice;

/// <summary>A first-in first-out queue of a fixed capacity.</summary>
internal sealed class BoundedQueue<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private int _head;

    public int Count { get; private set; }

    /// <summary>Appends; false when full.</summary>
    public bool TryEnqueue(T item)
    {
        if (Count == _items.Length)
        {
            return false;
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
}
