using System.Text;

namespace Parley.Server;

/// <summary>Names of people and rooms: any text, but nothing that makes it look like another one.</summary>
internal static class Text
{
    /// <summary>Whether a character does not show itself, but changes how others are shown or hides between them.</summary>
    /// <remarks>
    /// Controls; marks, embeddings, overrides and isolates of writing direction; line separators; spaces without width. A joiner (U+200D)
    /// stays, since emoji are made with it, and U+200C, which Persian needs.
    /// </remarks>
    public static bool Misleads(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x061C or 0x180E or 0x200B or 0x200E or 0x200F
        or (>= 0x2028 and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFB) or 0xFFFD;

    /// <summary>The text, cut between characters, without what misleads.</summary>
    public static string Readable(string? text, int maxLength)
    {
        var readable = new StringBuilder();
        foreach (Rune rune in (text ?? "").Trim().EnumerateRunes().Where(static rune => !Misleads(rune)))
        {
            if (readable.Length + rune.Utf16SequenceLength > maxLength)
            {
                break;
            }

            readable.Append(rune);
        }

        return readable.ToString().Trim();
    }
}
