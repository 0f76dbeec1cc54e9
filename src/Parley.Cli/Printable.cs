using System.Text;

namespace Parley.Cli;

/// <summary>Strangers' text for a terminal, which takes some characters for orders.</summary>
internal static class Printable
{
    /// <summary>The text, with what a terminal obeys or what turns the direction of writing shown as a box.</summary>
    public static string Of(string text) => text.EnumerateRunes().Any(IsOrder)
        ? string.Concat(text.EnumerateRunes().Select(rune => IsOrder(rune) ? "\u25A1" : rune.ToString()))
        : text;

    private static bool IsOrder(Rune rune) =>
        Rune.IsControl(rune) || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
