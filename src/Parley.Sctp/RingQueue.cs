using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Parley.Sctp;

/// <summary>
/// A first-in first-out queue whose elements are read in place, and which gives its memory back when it is emptied after a crowd.
/// </summary>
internal sealed class RingQueue<T>
{
    private const int Smallest = 4;
    private T[] _items = [];
    private int _head;

    public int Count { get; private set; }

    public ref T Peek() => ref _items[_head];

    public void Enqueue(in T item)
    {
        if (Count == _items.Length)
        {
            Resize(Math.Max(Smallest, Count * 2));
        }

        _items[(_head + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        if (Count == 0)
        {
            item = default;
            return false;
        }

        item = _items[_head];
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _items[_head] = default!;
        }

        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return true;
    }

    public void Clear()
    {
        _items = [];
        _head = Count = 0;
    }

    /// <summary>Gives memory back when there is nothing in it.</summary>
    public void Trim()
    {
        if (Count == 0)
        {
            Clear();
        }
    }

    private void Resize(int capacity)
    {
        var items = new T[capacity];
        for (var index = 0; index < Count; index++)
        {
            items[index] = _items[(_head + index) & (_items.Length - 1)];
        }

        _items = items;
        _head = 0;
    }
}
