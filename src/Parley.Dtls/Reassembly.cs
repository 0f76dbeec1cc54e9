using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>
/// Puts handshake messages together from their fragments and into their order (RFC 6347 §4.2.3). Fragments may come in any order,
/// overlap and repeat. Messages ahead of the one that is due are kept, up to a few messages and a bound of bytes.
/// </summary>
internal sealed class Reassembly(int limit)
{
    /// <summary>How many messages, the due one among them, are kept at the most. The longest flight has five.</summary>
    public const int Window = 8;

    private const int MaxGaps = 64;

    private readonly Partial?[] _partials = new Partial?[Window];
    private int _bytes;

    /// <summary>The message_seq of the message that is due.</summary>
    public ushort Next { get; private set; }

    /// <summary>Bytes held for messages that are incomplete or not due.</summary>
    public int Bytes => _bytes;

    /// <summary>Takes in a fragment. Fragments of messages that lie too far ahead or do not fit are dropped: they will be sent again.</summary>
    public void Add(HandshakeHeader header, ReadOnlySpan<byte> fragment)
    {
        var ahead = (ushort)(header.MessageSequence - Next);
        if (ahead >= Window || (fragment.IsEmpty && header.Length > 0))
        {
            return;
        }

        ref var slot = ref _partials[header.MessageSequence % Window];

        // Fragments that contradict an earlier one replace it: a forged first fragment must not stop the handshake for good.
        if (slot is not null && (slot.Type != header.Type || slot.Length != header.Length))
        {
            Release(ref slot);
        }

        if (slot is null)
        {
            if (!MakeRoom(ahead, HandshakeHeader.Size + header.Length))
            {
                return;
            }

            slot = new Partial(header);
            _bytes += slot.Size;
        }

        slot.Add(header.FragmentOffset, fragment);
    }

    /// <summary>The message that is due, whole and with the header of an unfragmented one; null when it is not complete.</summary>
    public byte[]? Due() => _partials[Next % Window] is { IsComplete: true } due ? due.Message : null;

    /// <summary>The message that was due has been accepted: the next one is.</summary>
    public void Accept()
    {
        Reject();
        Next++;
    }

    /// <summary>What is kept of the message that is due is worth nothing: it may come again.</summary>
    public void Reject() => Release(ref _partials[Next % Window]);

    /// <summary>Forgets everything kept.</summary>
    public void Clear()
    {
        foreach (ref var slot in _partials.AsSpan())
        {
            Release(ref slot);
        }
    }

    // Messages further ahead give way to one that is due earlier.
    private bool MakeRoom(int ahead, int size)
    {
        for (var other = Window - 1; other > ahead && _bytes + size > limit; other--)
        {
            Release(ref _partials[(ushort)(Next + other) % Window]);
        }

        return _bytes + size <= limit;
    }

    private void Release(ref Partial? slot)
    {
        if (slot is not null)
        {
            _bytes -= slot.Size;
            slot = null;
        }
    }

    private sealed class Partial
    {
        // What has arrived: disjoint, in order, with gaps between.
        private readonly List<(int Start, int End)> _have = [];

        public Partial(HandshakeHeader header)
        {
            Type = header.Type;
            Length = header.Length;
            Message = new byte[HandshakeHeader.Size + header.Length];
            (header with { FragmentOffset = 0, FragmentLength = header.Length }).Write(Message);
        }

        public HandshakeType Type { get; }

        public int Length { get; }

        public byte[] Message { get; }

        public int Size => Message.Length;

        public bool IsComplete => Length == 0 || (_have.Count == 1 && _have[0] == (0, Length));

        public void Add(int start, ReadOnlySpan<byte> fragment)
        {
            var end = start + fragment.Length;
            var first = 0;
            while (first < _have.Count && _have[first].End < start)
            {
                first++;
            }

            var last = first;
            while (last < _have.Count && _have[last].Start <= end)
            {
                last++;
            }

            if (first == last)
            {
                if (_have.Count == MaxGaps)
                {
                    return;
                }

                _have.Insert(first, (start, end));
            }
            else
            {
                _have[first] = (Math.Min(start, _have[first].Start), Math.Max(end, _have[last - 1].End));
                _have.RemoveRange(first + 1, last - first - 1);
            }

            fragment.CopyTo(Message.AsSpan(HandshakeHeader.Size + start));
        }
    }
}
