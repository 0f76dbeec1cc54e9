namespace Parley.Signaling;

/// <summary>
/// What was sent to peers in this session, in order, until the server has taken it; and the last of it for some time longer, for a server
/// that was started anew and has lost what it took.
/// </summary>
internal sealed class SentMessages
{
    private const int MaxMessages = 1024;
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxTaken = 128;

    private readonly LinkedList<Entry> _entries = [];
    private long _count;
    private long _taken;
    private int _bytes;

    /// <summary>How many wait for the server's word that it took them.</summary>
    public int Waiting => (int)(_count - _taken);

    /// <summary>Adds a message.</summary>
    /// <returns>False when too many wait for the server.</returns>
    public bool TryAdd(string peer, ReadOnlyMemory<byte> message)
    {
        while (_entries.First is { } oldest && oldest.Value.Number <= _taken && _bytes + message.Length > MaxBytes)
        {
            Remove(oldest);
        }

        if (Waiting >= MaxMessages || _bytes + message.Length > MaxBytes)
        {
            return false;
        }

        _entries.AddLast(new Entry(++_count, peer, message));
        _bytes += message.Length;
        return true;
    }

    /// <summary>The server has taken so many messages of this session.</summary>
    public void Taken(long count)
    {
        _taken = Math.Clamp(count, _taken, _count);
        while (_entries.First is { } oldest && oldest.Value.Number <= _taken && _entries.Count - Waiting > MaxTaken)
        {
            Remove(oldest);
        }
    }

    /// <summary>What the server has not taken, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unsent() =>
        [.. _entries.Where(entry => entry.Number > _taken).Select(entry => entry.Message)];

    /// <summary>
    /// A new session begins, in which all that was sent to peers that are kept is sent again; they know by its numbers what they have.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Restart(Predicate<string> keeps)
    {
        Entry[] before = [.. _entries.Where(entry => keeps(entry.Peer))];
        _entries.Clear();
        (_count, _taken, _bytes) = (0, 0, 0);
        foreach (Entry entry in before)
        {
            _ = TryAdd(entry.Peer, entry.Message);
        }

        return Unsent();
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _bytes -= node.Value.Message.Length;
        _entries.Remove(node);
    }

    private readonly record struct Entry(long Number, string Peer, ReadOnlyMemory<byte> Message);
}
