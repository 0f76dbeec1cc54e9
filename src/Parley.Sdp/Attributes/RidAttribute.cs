using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>One RTP stream of a section and what it may be, <c>a=rid</c> (RFC 8851 §4).</summary>
/// <param name="Id">Letters, digits, '-' and '_'.</param>
/// <param name="Direction">"send" or "recv", seen from who wrote it: <see cref="MediaDirection.SendOnly"/> or
/// <see cref="MediaDirection.RecvOnly"/>.</param>
/// <param name="PayloadTypes">The payload types it is held to; empty for all.</param>
/// <param name="Restrictions">"max-width", "max-fps" … in order.</param>
public sealed record RidAttribute(
    string Id, MediaDirection Direction, IReadOnlyList<int> PayloadTypes, IReadOnlyList<FormatParameter> Restrictions)
{
    /// <summary>A rid without restrictions.</summary>
    public RidAttribute(string id, MediaDirection direction)
        : this(id, direction, [], [])
    {
    }

    /// <summary>Reads the text after <c>a=rid:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RidAttribute? rid)
    {
        rid = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var id)
            || !SdpGrammar.IsRid(id)
            || !fields.TryNext(out var direction)
            || direction is not ("send" or "recv"))
        {
            return false;
        }

        var types = new List<int>();
        var restrictions = new List<FormatParameter>();
        foreach (var part in new FormatParameters(0, fields.Rest.ToString()).Parameters)
        {
            if (part.Name != "pt")
            {
                restrictions.Add(part);
            }
            else if (!TryReadTypes(part.Value, types))
            {
                return false;
            }
        }

        rid = new RidAttribute(id.ToString(), direction is "send" ? MediaDirection.SendOnly : MediaDirection.RecvOnly, types, restrictions);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(RidAttribute? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text after <c>a=rid:</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (PayloadTypes.Count > 0)
        {
            parts.Add("pt=" + string.Join(',', PayloadTypes));
        }

        foreach (var restriction in Restrictions)
        {
            parts.Add(restriction.ToString());
        }

        string head = $"{Id} {(Direction == MediaDirection.SendOnly ? "send" : "recv")}";
        return parts.Count == 0 ? head : $"{head} {string.Join(';', parts)}";
    }

    private static bool TryReadTypes(string? text, List<int> types)
    {
        foreach (var range in text.AsSpan().Split(','))
        {
            if (!SdpNumber.TryInt32(text.AsSpan(range), 127, out int type))
            {
                return false;
            }

            types.Add(type);
        }

        return true;
    }
}
