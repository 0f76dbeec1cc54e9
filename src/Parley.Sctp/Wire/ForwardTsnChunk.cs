using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// FORWARD TSN, RFC 3758 §3.2, and I-FORWARD-TSN, RFC 8260 §2.3.1:
/// <code>
/// |                      New Cumulative TSN                       |
/// |         Stream-1              |       Stream Sequence-1       |  …
///
/// |                      New Cumulative TSN                       |
/// |       Stream Identifier       |          Reserved           |U|
/// |                       Message Identifier                      |  …
/// </code>
/// </summary>
internal readonly ref struct ForwardTsnChunk
{
    public Tsn NewCumulativeTsn { get; private init; }

    /// <summary>Four bytes for each stream: its number, and the last message skipped on it; interleaved, eight.</summary>
    public ReadOnlySpan<byte> Streams { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> value, bool isInterleaved, out ForwardTsnChunk chunk, out SctpParseError error)
    {
        chunk = default;
        if (value.Length < 4 || value.Length % 4 != 0 || (isInterleaved && value.Length % 8 != 4))
        {
            error = value.Length < 4 ? SctpParseError.TooShort : SctpParseError.BadLength;
            return false;
        }

        chunk = new ForwardTsnChunk { NewCumulativeTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)), Streams = value[4..] };
        error = SctpParseError.None;
        return true;
    }
}
