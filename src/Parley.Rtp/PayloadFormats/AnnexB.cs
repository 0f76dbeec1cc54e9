namespace Parley.Rtp;

/// <summary>NAL units in a byte stream, separated by start codes (ITU-T H.264 Annex B).</summary>
internal static class AnnexB
{
    /// <summary>
    /// Where the first unit at or after <paramref name="from"/> begins; -1 when there is none. A frame without start codes is one unit.
    /// </summary>
    public static int FindUnit(ReadOnlySpan<byte> frame, int from, out int end)
    {
        var start = from == 0 && !BeginsWithStartCode(frame) ? 0 : AfterStartCode(frame, from);
        while (start >= 0 && start < frame.Length)
        {
            var next = frame[start..].IndexOf([(byte)0, (byte)0, (byte)1]);
            end = next < 0 ? frame.Length : start + next;

            // B.1.1: zero bytes may trail a unit; a unit itself never ends in one.
            while (end > start && frame[end - 1] == 0)
            {
                end--;
            }

            if (end > start)
            {
                return start;
            }

            start = next < 0 ? -1 : start + next + 3;
        }

        end = frame.Length;
        return -1;
    }

    /// <summary>Whether the frame begins with a start code, zeros before it or not.</summary>
    public static bool BeginsWithStartCode(ReadOnlySpan<byte> frame)
    {
        var zeros = frame.IndexOfAnyExcept((byte)0);
        return zeros >= 2 && frame[zeros] == 1;
    }

    private static int AfterStartCode(ReadOnlySpan<byte> frame, int from)
    {
        var code = frame[from..].IndexOf([(byte)0, (byte)0, (byte)1]);
        return code < 0 ? -1 : from + code + 3;
    }
}
