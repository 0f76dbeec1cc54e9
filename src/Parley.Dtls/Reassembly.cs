using System.Numerics;
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

    /// <summary>Fragments that contradicted an earlier one of the same message. What was kept of it is forgotten each time.</summary>
    public long Contradictions { get; private set; }

    /// <summary>
    /// Takes in a fragment. Fragments of messages that lie too far ahead or do not fit are dropped: they will be sent again.
    /// </summary>
    public void Add(HandshakeHeader header, ReadOnlySpan<byte> fragment)
    {
        var ahead = (ushort)(header.MessageSequence - Next);
        if (ahead >= Window || (fragment.IsEmpty && header.Length > 0))
        {
            return;
        }

        // A place keeps its memory, so that a peer that contradicts itself for ever has it allocated once.
        var partial = _partials[header.MessageSequence % Window] ??= new Partial();

        // Fragments that contradict an earlier one replace it: a forged first fragment must not stop the handshake for good.
        if (partial.IsBegun && (partial.Type != header.Type || partial.Length != header.Length))
        {
            Contradictions++;
            Release(partial);
        }

        if (!partial.IsBegun)
        {
            if (!MakeRoom(ahead, HandshakeHeader.Size + header.Length))
            {
                return;
            }

            partial.Begin(header);
            _bytes += partial.Size;
        }

        partial.Add(header.FragmentOffset, fragment);
    }

    /// <summary>The message that is due, whole and with the header of an unfragmented one; null when it is not complete.</summary>
    public byte[]? Due() => _partials[Next % Window] is { IsComplete: true } due ? due.ToMessage() : null;

    /// <summary>The message that was due has been accepted: the next one is.</summary>
    public void Accept()
    {
        Reject();
        Next++;
    }

    /// <summary>What is kept of the message that is due is worth nothing: it may come again.</summary>
    public void Reject() => Release(_partials[Next % Window]);

    /// <summary>Forgets everything kept.</summary>
    public void Clear()
    {
        Array.Clear(_partials);
        _bytes = 0;
    }

    // Messages further ahead give way to one that is due earlier.
    private bool MakeRoom(int ahead, int size)
    {
        for (var other = Window - 1; other > ahead && _bytes + size > limit; other--)
        {
            Release(_partials[(ushort)(Next + other) % Window]);
        }

        return _bytes + size <= limit;
    }

    private void Release(Partial? partial)
    {
        if (partial is { IsBegun: true })
        {
            _bytes -= partial.Size;
            partial.IsBegun = false;
        }
    }

    private sealed class Partial
    {
        private const int LeastBuffer = 256;

        // What has arrived: disjoint, in order, with gaps between.
        private readonly List<(int Start, int End)> _have = [];
        private byte[] _buffer = [];
        private HandshakeHeader _header;

        /// <summary>Whether something of a message has come.</summary>
        public bool IsBegun { get; set; }

        public HandshakeType Type => _header.Type;

        public int Length => _header.Length;

        public int Size => HandshakeHeader.Size + Length;

        public bool IsComplete => IsBegun && (Length == 0 || (_have.Count == 1 && _have[0] == (0, Length)));

        public void Begin(HandshakeHeader header)
        {
            _header = header with { FragmentOffset = 0, FragmentLength = header.Length };
            _have.Clear();
            IsBegun = true;
            if (_buffer.Length < Length)
            {
                _buffer = new byte[Math.Max(LeastBuffer, (int)BitOperations.RoundUpToPowerOf2((uint)Length))];
            }
        }

        public byte[] ToMessage()
        {
            var message = new byte[Size];
            _header.Write(message);
            _buffer.AsSpan(0, Length).CopyTo(message.AsSpan(HandshakeHeader.Size));
            return message;
        }

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

            fragment.CopyTo(_buffer.AsSpan(start));
        }
    }
}
