using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>What a receiver reports of one source (RFC 3550 §6.4.1).</summary>
/// <param name="Source">The stream reported on.</param>
/// <param name="FractionLost">Lost since the report before, in 1/256.</param>
/// <param name="CumulativeLost">Lost since the beginning, -8,388,608 to 8,388,607; duplicates can make it negative.</param>
/// <param name="HighestSequence">The highest extended sequence number received: roll-overs in the high 16 bits.</param>
/// <param name="Jitter">Interarrival jitter in ticks of the RTP clock.</param>
/// <param name="LastSenderReport">The middle 32 bits of the NTP time of the last SR received; 0 when none.</param>
/// <param name="DelaySinceLastSenderReport">Since that SR came, in 1/65,536 s.</param>
public readonly record struct RtcpReportBlock(
    Ssrc Source,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    internal const int Length = 24;

    internal static RtcpReportBlock Read(ReadOnlySpan<byte> block)
    {
        var lost = BinaryPrimitives.ReadInt32BigEndian(block[4..]);
        return new RtcpReportBlock(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(block)),
            (byte)(lost >> 24),
            (lost << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[20..]));
    }

    internal void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, Source.Value);
        BinaryPrimitives.WriteInt32BigEndian(block[4..], (FractionLost << 24) | (CumulativeLost & 0xFFFFFF));
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
    }
}
