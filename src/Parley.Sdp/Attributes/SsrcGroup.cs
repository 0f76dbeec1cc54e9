using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>Sources that belong together, <c>a=ssrc-group</c> (RFC 5576 §4.2).</summary>
/// <param name="Semantics">"FID" (original and retransmission), "SIM", "FEC-FR" …</param>
/// <param name="Ssrcs">The sources in order.</param>
public sealed record SsrcGroup(string Semantics, IReadOnlyList<uint> Ssrcs)
{
    /// <summary>Reads the text after <c>a=ssrc-group:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SsrcGroup? group)
    {
        group = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var semantics) || fields.IsAtEnd)
        {
            return false;
        }

        var ssrcs = new List<uint>();
        while (fields.TryNext(out var field))
        {
            if (!SdpNumber.TryUInt32(field, out uint ssrc))
            {
                return false;
            }

            ssrcs.Add(ssrc);
        }

        group = new SsrcGroup(semantics.ToString(), ssrcs);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(SsrcGroup? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text after <c>a=ssrc-group:</c>.</summary>
    public override string ToString() => $"{Semantics} {string.Join(' ', Ssrcs)}";
}
