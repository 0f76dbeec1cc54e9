using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>What a payload type means, <c>a=rtpmap</c> (RFC 8866 §6.6).</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="EncodingName">Such as "opus"; compared without regard to case.</param>
/// <param name="ClockRate">Ticks of the RTP clock per second.</param>
/// <param name="Channels">Channels of sound; null where not written, which means one.</param>
public sealed record RtpMap(int PayloadType, string EncodingName, int ClockRate, int? Channels = null)
{
    /// <summary>Reads the text after <c>a=rtpmap:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RtpMap? map)
    {
        map = null;
        var fields = new SdpFields(text);
        if (!fields.TryNextInt32(127, out int type) || !fields.TryNext(out var encoding) || !fields.IsAtEnd)
        {
            return false;
        }

        int slash = encoding.IndexOf('/');
        if (slash <= 0)
        {
            return false;
        }

        var name = encoding[..slash];
        var rest = encoding[(slash + 1)..];
        int second = rest.IndexOf('/');
        int channels = 0;
        if (!SdpNumber.TryInt32(second < 0 ? rest : rest[..second], int.MaxValue, out int rate)
            || (second >= 0 && !SdpNumber.TryInt32(rest[(second + 1)..], int.MaxValue, out channels)))
        {
            return false;
        }

        map = new RtpMap(type, name.ToString(), rate, second < 0 ? null : channels);
        return true;
    }

    /// <summary>
    /// Whether the text after <c>a=rtpmap:</c> is well formed but for a negative clock rate, which no codec has: Chromium 156 takes it for
    /// a codec that it does not know.
    /// </summary>
    internal static bool HasNegativeClockRate(ReadOnlySpan<char> text)
    {
        int minus = text.IndexOf("/-");
        return minus >= 0 && TryParse($"{text[..(minus + 1)]}{text[(minus + 2)..]}", out var map) && !map.EncodingName.Contains('-');
    }

    /// <summary>The text after <c>a=rtpmap:</c>.</summary>
    public override string ToString() => Channels is { } channels
        ? string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {EncodingName}/{ClockRate}/{channels}")
        : string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {EncodingName}/{ClockRate}");
}
