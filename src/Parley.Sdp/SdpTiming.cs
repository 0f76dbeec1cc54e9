using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>A <c>t=</c> line with the <c>r=</c> lines under it (RFC 8866 §5.9, §5.10). WebRTC always says <c>t=0 0</c>.</summary>
/// <param name="Start">Seconds since 1900, 0 for unbounded.</param>
/// <param name="Stop">Seconds since 1900, 0 for unbounded.</param>
public sealed record SdpTiming(ulong Start, ulong Stop)
{
    /// <summary>The texts of the <c>r=</c> lines, verbatim.</summary>
    public IList<string> Repeats { get; } = [];

    /// <summary>What was written in the place of two numbers, verbatim; null for two numbers. It means an unbounded session.</summary>
    public string? Text { get; init; }

    /// <summary>Reads the text after <c>t=</c>. WebRTC gives it no meaning, so that any text is taken.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpTiming? timing)
    {
        var fields = new SdpFields(text);
        timing = fields.TryNextUInt64(out ulong start) && fields.TryNextUInt64(out ulong stop) && fields.IsAtEnd
            ? new SdpTiming(start, stop)
            : new SdpTiming(0, 0) { Text = text.ToString() };
        return !text.IsEmpty;
    }

    /// <summary>The text after <c>t=</c>.</summary>
    public override string ToString() => Text ?? string.Create(CultureInfo.InvariantCulture, $"{Start} {Stop}");
}
