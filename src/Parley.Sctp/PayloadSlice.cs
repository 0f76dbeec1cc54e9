namespace Parley.Sctp;

/// <summary>Bytes kept in a <see cref="Segment"/>; holds one of its references.</summary>
internal readonly record struct PayloadSlice(Segment? Segment, int Offset, int Length)
{
    public ReadOnlySpan<byte> Span => Segment is null ? default : Segment.Bytes.AsSpan(Offset, Length);

    public ReadOnlyMemory<byte> Memory => Segment is null ? default : Segment.Bytes.AsMemory(Offset, Length);
}
