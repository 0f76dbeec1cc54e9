using System.Globalization;

namespace Parley.Sdp;

/// <summary>Decimal digits and nothing else: no sign, no space.</summary>
internal static class SdpNumber
{
    public static bool TryUInt64(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        return !text.Contains('\0') && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryUInt32(ReadOnlySpan<char> text, out uint value)
    {
        bool read = TryUInt64(text, out ulong wide) && wide <= uint.MaxValue;
        value = read ? (uint)wide : 0;
        return read;
    }

    public static bool TryInt32(ReadOnlySpan<char> text, int maximum, out int value)
    {
        bool read = TryUInt64(text, out ulong wide) && wide <= (ulong)maximum;
        value = read ? (int)wide : 0;
        return read;
    }

    public static string ToText(long value) => value.ToString(CultureInfo.InvariantCulture);
}
