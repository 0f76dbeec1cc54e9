using System.Globalization;

namespace Parley.Sdp;

/// <summary>A <c>b=</c> line (RFC 8866 §5.8).</summary>
/// <param name="Type">"AS" and "CT" count kilobits per second, "TIAS" (RFC 3890), "RS" and "RR" (RFC 3556) bits per second; others are
/// kept.</param>
/// <param name="Value">The figure, in the type's unit; 0 where <see cref="Text"/> is no number.</param>
public readonly record struct SdpBandwidth(string Type, ulong Value)
{
    /// <summary>What stands in the place of the figure, verbatim; null for a number.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// Reads the text after <c>b=</c>. Of types that mean nothing here the figure may be anything (RFC 8866 §5.8: "SDP parsers MUST ignore
    /// bandwidth fields with unknown bwtype").
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SdpBandwidth bandwidth)
    {
        bandwidth = default;
        int colon = text.IndexOf(':');
        if (colon < 0 || text[..colon].Contains(' '))
        {
            return false;
        }

        var type = text[..colon].ToString();
        var figure = text[(colon + 1)..];
        bool isNumber = SdpNumber.TryUInt64(figure.TrimEnd(' '), out ulong value);
        if (!isNumber && type is ("AS" or "TIAS"))
        {
            return false;
        }

        bandwidth = new SdpBandwidth(type, value) { Text = isNumber ? null : figure.ToString() };
        return true;
    }

    /// <summary>The text after <c>b=</c>.</summary>
    public override string ToString() => Text is null ? string.Create(CultureInfo.InvariantCulture, $"{Type}:{Value}") : $"{Type}:{Text}";
}
