using System.Buffers.Binary;

namespace Parley.Cli.Bench.Soak;

/// <summary>
/// What arrives of one flow of numbered messages, held against what its channel promises: all of them once and in order, or as much of that
/// as the channel is made for. One reader at a time.
/// </summary>
/// <param name="isOrdered">Whether the channel keeps the order.</param>
/// <param name="isReliable">Whether it may lose nothing.</param>
internal sealed class ArrivalLedger(bool isOrdered, bool isReliable)
{
    /// <summary>The number and the length.</summary>
    public const int HeaderBytes = 12;

    // Of a flow that loses, how far a message may fall behind before it is given up.
    private const int MostAhead = 4096;

    private readonly HashSet<long> _ahead = [];
    private long _next;
    private long _received;

    /// <summary>Messages that arrived.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Messages that arrived though they had before.</summary>
    public long Doubled { get; private set; }

    /// <summary>Messages of an ordered flow that came after later ones, or before earlier ones of a reliable one.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Messages whose bytes are not those that were sent.</summary>
    public long Broken { get; private set; }

    /// <summary>Whether all that came was as promised.</summary>
    public bool IsClean => Doubled + OutOfOrder + Broken == 0;

    /// <summary>Writes message <paramref name="number"/> of a flow over the whole span.</summary>
    public static void Fill(Span<byte> message, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(message, number);
        BinaryPrimitives.WriteInt32BigEndian(message[8..], message.Length);
        for (int i = HeaderBytes; i < message.Length; i++)
        {
            message[i] = (byte)((number * 31) + i);
        }
    }

    /// <summary>Takes what arrived.</summary>
    public void Take(ReadOnlySpan<byte> message)
    {
        if (!IsWhole(message))
        {
            Broken++;
        }
        else if (isOrdered)
        {
            TakeInOrder(BinaryPrimitives.ReadInt64BigEndian(message));
        }
        else
        {
            TakeAny(BinaryPrimitives.ReadInt64BigEndian(message));
        }

        Interlocked.Increment(ref _received);
    }

    private static bool IsWhole(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes || BinaryPrimitives.ReadInt32BigEndian(message[8..]) != message.Length)
        {
            return false;
        }

        long number = BinaryPrimitives.ReadInt64BigEndian(message);
        for (int i = HeaderBytes; i < message.Length; i++)
        {
            if (message[i] != (byte)((number * 31) + i))
            {
                return false;
            }
        }

        return true;
    }

    private void TakeInOrder(long number)
    {
        if (number < _next || (isReliable && number > _next))
        {
            OutOfOrder++;
        }

        _next = Math.Max(_next, number + 1);
    }

    private void TakeAny(long number)
    {
        if (number < _next)
        {
            // Of a flow that loses, it may be one that was given up.
            Doubled += isReliable ? 1 : 0;
            return;
        }

        if (!_ahead.Add(number))
        {
            Doubled++;
        }

        while (_ahead.Remove(_next) || (!isReliable && _ahead.Count > MostAhead))
        {
            _next++;
        }
    }
}
