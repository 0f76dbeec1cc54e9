namespace Parley.Sctp;

/// <summary>Pooled bytes that several payloads may share; the last one to let go gives them back.</summary>
internal sealed class Segment(byte[] bytes)
{
    public byte[] Bytes { get; } = bytes;

    public int Used { get; set; }

    public int References { get; set; }
}
