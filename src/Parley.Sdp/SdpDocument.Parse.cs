using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

public sealed partial class SdpDocument
{
    /// <summary>Reads a description.</summary>
    /// <param name="text">At most <see cref="MaximumLength"/> characters; lines end in CRLF or LF, the last one may lack its end.</param>
    /// <returns>The document.</returns>
    /// <exception cref="SdpFormatException">The text is no description; the exception says why and where.</exception>
    public static SdpDocument Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var document, out var error) ? document : throw new SdpFormatException(error);
    }

    /// <summary>Reads a description without throwing, in linear time.</summary>
    /// <param name="text">At most <see cref="MaximumLength"/> characters; lines end in CRLF or LF, the last one may lack its end.</param>
    /// <param name="document">The document; null on failure.</param>
    /// <param name="error">The first fault; null on success. Typed attributes are not looked into: see <see cref="SdpValidation"/>.</param>
    public static bool TryParse(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpDocument? document, [NotNullWhen(false)] out SdpParseError? error)
    {
        var parser = new SdpParser();
        error = parser.Read(text);
        document = error is null ? parser.Document : null;
        return error is null;
    }
}
