namespace Parley.Rtp;

/// <summary>What the first bytes of a NAL unit tell (ITU-T H.264 §7.3.1).</summary>
internal static class H264Unit
{
    public const int TypeMask = 0x1F;
    private const int ForbiddenBit = 0x80;

    public static H264UnitType TypeOf(ReadOnlySpan<byte> unit) => (H264UnitType)(unit[0] & TypeMask);

    /// <summary>
    /// Whether a unit with this header can stand in a stream: the forbidden bit is 0, the type one that H.264 itself gives out.
    /// </summary>
    public static bool IsValid(byte header) =>
        (header & ForbiddenBit) == 0 && (H264UnitType)(header & TypeMask) is > H264UnitType.Unspecified and <= H264UnitType.LastSingle;

    /// <summary>
    /// Whether a unit can be the first of a picture: parameter sets, supplemental information, a delimiter, or a slice whose first
    /// macroblock is the picture's first (first_mb_in_slice is 0, which is written as a single 1).
    /// </summary>
    public static bool CanStartPicture(H264UnitType type, ReadOnlySpan<byte> content) => type switch
    {
        >= H264UnitType.SupplementalEnhancementInformation and <= H264UnitType.AccessUnitDelimiter => true,
        H264UnitType.Slice or H264UnitType.SlicePartitionA or H264UnitType.IdrSlice => !content.IsEmpty && (content[0] & 0x80) != 0,
        _ => false,
    };
}
