using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// RFC 9260 §3.3.4:
/// <code>
/// |                      Cumulative TSN Ack                       |
/// |          Advertised Receiver Window Credit (a_rwnd)           |
/// | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
/// |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |  …
/// |                       Duplicate TSN 1                         |  …
/// </code>
/// </summary>
internal readonly ref struct SackChunk
{
    public const int FixedLength = 12;

    public Tsn CumulativeTsnAck { get; private init; }

    public uint ReceiverWindow { get; private init; }

    /// <summary>Four bytes for each block.</summary>
    public ReadOnlySpan<byte> GapAckBlocks { get; private init; }

    public int DuplicateTsns { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> value, out SackChunk chunk, out SctpParseError error)
    {
        chunk = default;
        if (value.Length < FixedLength)
        {
            error = SctpParseError.TooShort;
            return false;
        }

        int gaps = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
        int duplicates = BinaryPrimitives.ReadUInt16BigEndian(value[10..]);
        if (value.Length < FixedLength + 4 * gaps + 4 * duplicates)
        {
            error = SctpParseError.BadLength;
            return false;
        }

        chunk = new SackChunk
        {
            CumulativeTsnAck = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)),
            ReceiverWindow = BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            GapAckBlocks = value.Slice(FixedLength, 4 * gaps),
            DuplicateTsns = duplicates,
        };
        error = SctpParseError.None;
        return true;
    }
}
