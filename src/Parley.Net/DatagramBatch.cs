namespace Parley.Net;

/// <summary>
/// Datagrams that travel together: in one buffer, one behind the other, each with its remote address. A run of datagrams
/// of one size to one address is what UDP segmentation offload sends in a single call, so the order of
/// <see cref="Commit"/> calls is kept and nothing is padded. Owned by one loop at a time; not safe for concurrent use.
/// </summary>
/// <param name="bufferSize">Bytes of all datagrams together.</param>
/// <param name="capacity">How many datagrams at the most.</param>
public sealed class DatagramBatch(int bufferSize = DatagramBatch.DefaultBufferSize, int capacity = DatagramBatch.DefaultCapacity)
{
    /// <summary>The default size of the buffer in bytes.</summary>
    public const int DefaultBufferSize = 128 * 1024;

    /// <summary>The default number of datagrams: two of the longest runs that generic receive offload hands over at once.</summary>
    public const int DefaultCapacity = 256;

    /// <summary>The most that receive offload hands over at once: segments since Linux 6.9, and bytes.</summary>
    internal const int MaxRunLength = 128;
    internal const int MaxRunBytes = 65_536;

    /// <summary>The room without which a socket does not read a lone datagram into a batch: a whole DTLS record fits.</summary>
    internal const int RoomForOne = 17 * 1024;

    private readonly Entry[] _entries = new Entry[capacity];
    private int _used;

    /// <summary>Datagrams in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>How many datagrams fit at the most.</summary>
    public int Capacity => _entries.Length;

    /// <summary>Bytes that still fit.</summary>
    public int RemainingBytes => Buffer.Length - _used;

    /// <summary>Datagrams that still fit, as far as their number goes.</summary>
    public int RemainingCapacity => _entries.Length - Count;

    /// <summary>
    /// Whether there is room for as much as generic receive offload hands over at once: a socket stops reading where there is not, else
    /// because nothing more is waiting.
    /// </summary>
    public bool HasRoomForRun => RemainingBytes >= MaxRunBytes && RemainingCapacity >= MaxRunLength;

    /// <summary>The whole buffer, for a socket that reads or writes many datagrams with one call.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);

    /// <summary>The remote address of a datagram: where it came from, or where it goes.</summary>
    public TransportAddress Remote(int index) => At(index).Remote;

    /// <summary>The ECN bits of a datagram's IP header (RFC 3168), 0 to 3.</summary>
    public byte Ecn(int index) => At(index).Ecn;

    /// <summary>
    /// When a received datagram arrived at this machine, on the clock of the network that it came from; <see cref="Instant.Zero"/> for one
    /// that is to be sent. Never later than an instant that is read from that clock after <see cref="IDatagramSocket.Receive"/> has
    /// returned. Datagrams that the kernel hands over as one run have the first one's.
    /// </summary>
    public Instant ArrivedAt(int index) => At(index).ArrivedAt;

    /// <summary>Where in <see cref="Buffer"/> a datagram begins.</summary>
    public int Offset(int index) => At(index).Offset;

    /// <summary>A datagram's length in bytes.</summary>
    public int Length(int index) => At(index).Length;

    /// <summary>The bytes of a datagram; they may be changed in place.</summary>
    public Span<byte> Datagram(int index)
    {
        ref var entry = ref At(index);
        return Buffer.AsSpan(entry.Offset, entry.Length);
    }

    /// <summary>Room for the next datagram, or an empty span when the batch is full.</summary>
    /// <param name="size">How many bytes are wanted at the most.</param>
    public Span<byte> Reserve(int size) =>
        Count == _entries.Length || Buffer.Length - _used < size ? default : Buffer.AsSpan(_used, size);

    /// <summary>Takes the first <paramref name="length"/> bytes of the last <see cref="Reserve"/> into the batch as one datagram.</summary>
    public void Commit(int length, TransportAddress remote, byte ecn = 0, Instant arrivedAt = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Buffer.Length - _used);
        if (Count == _entries.Length)
        {
            throw new InvalidOperationException("The batch is full.");
        }

        _entries[Count++] = new Entry(_used, length, remote, ecn, arrivedAt);
        _used += length;
    }

    /// <summary>
    /// Takes the first <paramref name="length"/> bytes of the last <see cref="Reserve"/> into the batch as a run of datagrams, each
    /// of <paramref name="segmentSize"/> bytes but the last, which may be shorter. Returns how many.
    /// </summary>
    public int CommitRun(int length, int segmentSize, TransportAddress remote, byte ecn = 0, Instant arrivedAt = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentSize);
        var count = 0;
        for (; length > segmentSize; length -= segmentSize, count++)
        {
            Commit(segmentSize, remote, ecn, arrivedAt);
        }

        Commit(length, remote, ecn, arrivedAt);
        return count + 1;
    }

    /// <summary>Adds a copy of a datagram; false when it does not fit.</summary>
    public bool TryAdd(ReadOnlySpan<byte> datagram, TransportAddress remote, byte ecn = 0, Instant arrivedAt = default)
    {
        if (Count == _entries.Length || Buffer.Length - _used < datagram.Length)
        {
            return false;
        }

        datagram.CopyTo(Buffer.AsSpan(_used));
        Commit(datagram.Length, remote, ecn, arrivedAt);
        return true;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    private ref Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return ref _entries[index];
    }

    private readonly record struct Entry(int Offset, int Length, TransportAddress Remote, byte Ecn, Instant ArrivedAt);
}
