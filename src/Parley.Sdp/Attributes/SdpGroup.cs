using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>Sections that belong together, <c>a=group</c> (RFC 5888 §5).</summary>
/// <param name="Semantics">"BUNDLE" (RFC 8843), "LS" for lip synchronisation, or another token.</param>
/// <param name="Mids">The sections' mids in order.</param>
public sealed record SdpGroup(string Semantics, IReadOnlyList<string> Mids)
{
    /// <summary>"BUNDLE".</summary>
    public const string Bundle = "BUNDLE";

    /// <summary>Reads the text after <c>a=group:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpGroup? group)
    {
        group = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var semantics) || !SdpGrammar.IsToken(semantics))
        {
            return false;
        }

        var mids = new List<string>();
        while (fields.TryNext(out var mid))
        {
            mids.Add(mid.ToString());
        }

        group = new SdpGroup(semantics.ToString(), mids);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(SdpGroup? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text after <c>a=group:</c>.</summary>
    public override string ToString() => Mids.Count == 0 ? Semantics : $"{Semantics} {string.Join(' ', Mids)}";
}
