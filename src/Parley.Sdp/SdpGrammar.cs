using System.Buffers;

namespace Parley.Sdp;

/// <summary>The character classes of the grammars.</summary>
internal static class SdpGrammar
{
    public const int MaximumMidLength = 255;

    // RFC 8866 §9: token-char.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // RFC 8839 §5.4 allows letters, digits, '+' and '/'. Chromium takes '-', '_', '#' and '=' too, for old peers that send them.
    private static readonly SearchValues<char> IceCharacters =
        SearchValues.Create("+/-_#=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 8851 §10 as corrected by RFC 8852: letters and digits; Chromium takes '-' and '_' too.
    private static readonly SearchValues<char> RidCharacters =
        SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    public static bool IsIceString(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(IceCharacters);

    public static bool IsRid(ReadOnlySpan<char> text) => !text.IsEmpty && text.Length <= 255 && !text.ContainsAnyExcept(RidCharacters);
}
