using System.Globalization;

namespace Parley.Sdp;

/// <summary>A <c>b=</c> line (RFC 8866 §5.8).</summary>
/// <param name="Type">"AS" and "CT" count kilobits per second, "TIAS" (RFC 3890), "RS" and "RR" (RFC 3556) bits per second; others are kept.</param>
/// <param name="Value">The figure, in the type's unit.</param>
public readonly record struct SdpBandwidth(string Type, ulong Value)
{
    /// <summary>Reads the text after <c>b=</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SdpBandwidth bandwidth)
    {
        bandwidth = default;
        int colon = text.IndexOf(':');
        if (colon <= 0 || text[..colon].Contains(' ') || !SdpNumber.TryUInt64(text[(colon + 1)..].TrimEnd(' '), out ulong value))
        {
            return false;
        }

        bandwidth = new SdpBandwidth(text[..colon].ToString(), value);
        return true;
    }

    /// <summary>The text after <c>b=</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Type}:{Value}");
}
