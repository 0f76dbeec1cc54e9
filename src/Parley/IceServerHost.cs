using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley;

/// <summary>
/// The host and port of a server's URL, by the host parser of the URL standard: names in any script or percent-encoded, IPv4 addresses in
/// all their spellings, IPv6 addresses in brackets.
/// </summary>
internal static class IceServerHost
{
    private static readonly IdnMapping Names = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    public static bool TryParse(string text, out string host, out int? port)
    {
        (host, port) = ("", null);
        if (text.AsSpan().IndexOfAny("/@\\ ") >= 0)
        {
            return false;
        }

        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        end = end < 0 ? text.Length : end;
        if (end == 0 || !TryParsePort(text[end..], out port))
        {
            return false;
        }

        return text[0] == '[' ? TryParseBracketed(text[1..(end - 1)], out host) : TryParseName(text[..end], out host);
    }

    private static bool TryParsePort(string text, out int? port)
    {
        port = null;
        if (text.Length <= 1)
        {
            return text is "" or ":";
        }

        var digits = text[1..].TrimStart('0');
        var known = text[0] == ':' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            && ushort.TryParse(digits.Length == 0 ? "0" : digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : (ushort?)null;
        port = known;
        return known is not null;
    }

    private static bool TryParseBracketed(string text, out string host)
    {
        host = text;
        return text.AsSpan().IndexOfAnyExcept("0123456789abcdefABCDEF:.") < 0 && !text.EndsWith('.')
            && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool TryParseName(string text, out string host)
    {
        host = "";
        if (!TryDecode(text, out var decoded) || !TryToAscii(decoded, out var ascii) || ascii.Length == 0 || ascii.Any(IsForbidden))
        {
            return false;
        }

        var labels = ascii.TrimEnd('.').Split('.');
        if (!IsNumber(labels[^1]))
        {
            host = ascii;
            return true;
        }

        return TryParseIPv4(labels, out host);
    }

    private static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }

        try
        {
            // UrlDecodeToBytes is for forms, where a plus is a space.
            var encoded = Encoding.UTF8.GetBytes(text.Replace("+", "%2B", StringComparison.Ordinal));
            decoded = new UTF8Encoding(
                false, throwOnInvalidBytes: true).GetString(WebUtility.UrlDecodeToBytes(encoded, 0, encoded.Length)!);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool TryToAscii(string name, out string ascii)
    {
        ascii = name.ToLowerInvariant();
        if (name.All(char.IsAscii))
        {
            return true;
        }

        try
        {
            ascii = Names.GetAscii(name).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // The URL standard's forbidden domain code points.
    private static bool IsForbidden(char character) =>
        character <= ' ' || character == 0x7F || "#%/:<>?@[\\]^|".Contains(character, StringComparison.Ordinal);

    private static bool IsNumber(string label) =>
        (label.Length > 0 && label.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0) || TryParseNumber(label, out _);

    private static bool TryParseNumber(string text, out long value)
    {
        value = 0;
        var radix = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16 : text.Length > 1 && text[0] == '0' ? 8 : 10;
        var digits = radix == 16 ? text[2..] : text;
        foreach (var digit in digits)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (number >= radix || value > uint.MaxValue)
            {
                return false;
            }

            value = value * radix + number;
        }

        return text.Length > 0;
    }

    private static bool TryParseIPv4(string[] labels, out string host)
    {
        host = "";
        if (labels.Length > 4)
        {
            return false;
        }

        long address = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var isLast = i == labels.Length - 1;
            if (!TryParseNumber(labels[i], out var number) || number >= (isLast ? 1L << (8 * (5 - labels.Length)) : 256))
            {
                return false;
            }

            address += isLast ? number : number << (8 * (3 - i));
        }

        host = $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
        return true;
    }
}
