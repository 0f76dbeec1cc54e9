using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// RFC 3758 §3.2:
/// <code>
/// |                      New Cumulative TSN                       |
/// |         Stream-1              |       Stream Sequence-1       |  …
/// </code>
/// </summary>
internal readonly ref struct ForwardTsnChunk
{
    public Tsn NewCumulativeTsn { get; private init; }

    /// <summary>Four bytes for each stream: its number, and the last message skipped on it.</summary>
    public ReadOnlySpan<byte> Streams { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> value, out ForwardTsnChunk chunk, out SctpParseError error)
    {
        chunk = default;
        if (value.Length < 4 || value.Length % 4 != 0)
        {
            error = value.Length < 4 ? SctpParseError.TooShort : SctpParseError.BadLength;
            return false;
        }

        chunk = new ForwardTsnChunk { NewCumulativeTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)), Streams = value[4..] };
        error = SctpParseError.None;
        return true;
    }
}
