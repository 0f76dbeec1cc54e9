using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>
/// Epochs, sequence numbers, replay and protection of records (RFC 6347 §4.1). Epoch 0 is in the clear, epoch 1 is what the
/// handshake negotiated; there is no third, as renegotiation is refused.
/// </summary>
internal sealed class RecordLayer : IDisposable
{
    private readonly ulong[] _nextSequence = new ulong[2];
    private RecordProtection? _writer;
    private RecordProtection? _reader;
    private ReplayWindow _replay;

    /// <summary>Whether the keys of epoch 1 are there.</summary>
    public bool IsKeyed => _writer is not null;

    /// <summary>Where a record's content begins.</summary>
    public static int ContentOffset(ushort epoch) =>
        epoch == 0 ? RecordHeader.Size : RecordHeader.Size + RecordProtection.ExplicitNonceSize;

    /// <summary>Bytes that a record has more than its content.</summary>
    public static int Overhead(ushort epoch) => epoch == 0 ? RecordHeader.Size : RecordHeader.Size + RecordProtection.Overhead;

    public void Install(RecordProtection writer, RecordProtection reader)
    {
        _writer = writer;
        _reader = reader;
    }

    /// <summary>
    /// Makes a record of content that already stands at <see cref="ContentOffset"/>. Returns its length; 0 when the epoch has no keys
    /// or has used up its sequence numbers, which must not wrap (RFC 6347 §4.1).
    /// </summary>
    public int Seal(ContentType type, DtlsProtocolVersion version, ushort epoch, Span<byte> destination, int length)
    {
        ref var next = ref _nextSequence[epoch];
        if ((epoch > 0 && _writer is null) || next > RecordHeader.MaxSequenceNumber)
        {
            return 0;
        }

        var header = new RecordHeader(type, version, epoch, next++, length);
        if (epoch == 0)
        {
            header.Write(destination);
            return RecordHeader.Size + length;
        }

        var body = destination.Slice(RecordHeader.Size, length + RecordProtection.Overhead);
        _writer!.Seal(header, body);
        (header with { Length = body.Length }).Write(destination);
        return RecordHeader.Size + body.Length;
    }

    /// <summary>
    /// Opens a record of epoch 1 in place: whether it is new and genuine. Its content is the body without the nonce and the tag.
    /// </summary>
    public bool TryOpen(RecordHeader header, Span<byte> body, out Range content)
    {
        content = default;
        if (_reader is null || !_replay.MayAccept(header.SequenceNumber) || !_reader.TryOpen(header, body))
        {
            return false;
        }

        _replay.Accept(header.SequenceNumber);
        content = RecordProtection.ExplicitNonceSize..(body.Length - RecordProtection.TagSize);
        return true;
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _reader?.Dispose();
        _writer = null;
        _reader = null;
    }
}
