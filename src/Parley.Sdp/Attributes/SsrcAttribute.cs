using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>A property of one RTP source, <c>a=ssrc</c> (RFC 5576 §4.1).</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Name">"cname", "msid" …; empty where a peer left it out, which means nothing.</param>
/// <param name="Value">What stands after the colon; null for none.</param>
public sealed record SsrcAttribute(uint Ssrc, string Name, string? Value = null)
{
    /// <summary>Reads the text after <c>a=ssrc:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SsrcAttribute? attribute)
    {
        attribute = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var number) || !SdpNumber.TryUInt32(number, out uint ssrc) || fields.IsAtEnd)
        {
            return false;
        }

        var rest = fields.Rest;
        int colon = rest.IndexOf(':');
        attribute = new SsrcAttribute(
            ssrc, (colon < 0 ? rest : rest[..colon]).ToString(), colon < 0 ? null : rest[(colon + 1)..].ToString());
        return true;
    }

    /// <summary>The text after <c>a=ssrc:</c>.</summary>
    public override string ToString() => Value is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Name}")
        : string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Name}:{Value}");
}
