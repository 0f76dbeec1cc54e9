using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>RFC 8866 §9, <c>base64</c>: whole groups of four, padded, without a space; at least one.</summary>
internal static class SdpBase64
{
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length > 0 && !text.ContainsAny(" \t\r\n") && System.Buffers.Text.Base64.IsValid(text);

    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = IsValid(text) ? Convert.FromBase64String(text) : null;
        return bytes is not null;
    }
}
