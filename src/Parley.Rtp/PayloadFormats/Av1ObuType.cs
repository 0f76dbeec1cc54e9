namespace Parley.Rtp;

/// <summary>obu_type (AV1 bitstream specification §6.2.2), of those that matter here.</summary>
internal enum Av1ObuType
{
    SequenceHeader = 1,
    TemporalDelimiter = 2,
    FrameHeader = 3,
    Frame = 6,
    TileList = 8,
}
