namespace Parley.Rtp;

/// <summary>nal_unit_type (ITU-T H.264 table 7-1), and what RTP adds (RFC 6184 table 1).</summary>
internal enum H264UnitType
{
    Unspecified = 0,
    Slice = 1,
    SlicePartitionA = 2,
    IdrSlice = 5,
    SupplementalEnhancementInformation = 6,
    SequenceParameterSet = 7,
    PictureParameterSet = 8,
    AccessUnitDelimiter = 9,

    /// <summary>The last that a single packet may hold.</summary>
    LastSingle = 23,
    StapA = 24,
    FuA = 28,
    Reserved30 = 30,
    Reserved31 = 31,
}
