namespace Parley.Rtp;

/// <summary>The first byte of each AV1 payload (AV1 RTP specification §4.4).</summary>
/// <remarks><code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// |Z|Y| W |N|-|-|-|
/// +-+-+-+-+-+-+-+-+
/// </code></remarks>
internal readonly record struct Av1AggregationHeader(bool ContinuesElement, bool IsContinued, int ElementCount, bool StartsSequence)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 1;

    /// <summary>The most elements that W can tell.</summary>
    public const int MaxCount = 3;

    public byte ToByte() =>
        (byte)((ContinuesElement ? 0x80 : 0) | (IsContinued ? 0x40 : 0) | ElementCount << 4 | (StartsSequence ? 0x08 : 0));

    /// <summary>
    /// Reads the header; false when the payload has no element, or goes on with one and begins a sequence at once ("If N equals 1, then Z
    /// must equal 0").
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Av1AggregationHeader header)
    {
        header = default;
        if (payload.Length <= Length)
        {
            return false;
        }

        header = new Av1AggregationHeader(
            (payload[0] & 0x80) != 0, (payload[0] & 0x40) != 0, payload[0] >> 4 & 0x03, (payload[0] & 0x08) != 0);
        return !(header.ContinuesElement && header.StartsSequence);
    }
}
