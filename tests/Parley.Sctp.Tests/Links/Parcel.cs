namespace Parley.Sctp.Tests.Links;

/// <summary>A packet underway: an SCTP packet's bytes, or the numbers that a modelled TCP segment or acknowledgement consists of.</summary>
internal readonly record struct Parcel(
    BottleneckFlow Flow, bool IsData, byte[]? Bytes, int Length, long Segment, long Sending, long Cumulative);
