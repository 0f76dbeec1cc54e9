using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>What an RTP header extension's id means, <c>a=extmap</c> (RFC 8285 §5).</summary>
/// <param name="Id">1 to 14 in one-byte headers, to 255 in two-byte ones; offers may hold 4096 to 4351 for the answerer to choose.</param>
/// <param name="Uri">What the extension is; empty where a peer left it out, which is no extension that anybody knows.</param>
/// <param name="Direction">The ways it is used; null where not written.</param>
/// <param name="ExtensionAttributes">What stands after the URI; null for nothing.</param>
public sealed record ExtMap(int Id, string Uri, MediaDirection? Direction = null, string? ExtensionAttributes = null)
{
    /// <summary>
    /// Reads the text after <c>a=extmap:</c>. Any number up to 65535 is read as an id; its range is the reader's to judge.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ExtMap? map)
    {
        map = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var head) || (!fields.TryNext(out var uri) && !text.EndsWith(' ')))
        {
            return false;
        }

        int slash = head.IndexOf('/');
        MediaDirection direction = default;
        if (!SdpNumber.TryInt32(slash < 0 ? head : head[..slash], ushort.MaxValue, out int id))
        {
            return false;
        }

        // A direction that cannot be read says nothing, as with browsers.
        bool hasDirection = slash >= 0 && MediaDirections.TryParse(head[(slash + 1)..], out direction);

        var rest = fields.Rest.TrimEnd(' ');
        map = new ExtMap(id, uri.ToString(), hasDirection ? direction : null, rest.IsEmpty ? null : rest.ToString());
        return true;
    }

    /// <summary>The text after <c>a=extmap:</c>.</summary>
    public override string ToString()
    {
        string direction = Direction is { } ways ? "/" + ways.ToText() : "";
        string rest = ExtensionAttributes is null ? "" : " " + ExtensionAttributes;
        return string.Create(CultureInfo.InvariantCulture, $"{Id}{direction} {Uri}{rest}");
    }
}
