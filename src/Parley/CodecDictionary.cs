namespace Parley;

/// <summary>The "codec dictionary match" algorithm (webrtc-pc §5.4).</summary>
internal static class CodecDictionary
{
    public static bool Matches(RtpCodec first, RtpCodec second, bool ignoreAsymmetricalParameters = false)
    {
        if (!string.Equals(first.MimeType, second.MimeType, StringComparison.OrdinalIgnoreCase)
            || first.ClockRate != second.ClockRate
            || first.Channels != second.Channels
            || first.SdpFmtpLine is null != second.SdpFmtpLine is null)
        {
            return false;
        }

        if (first.SdpFmtpLine is null || second.SdpFmtpLine is null)
        {
            return true;
        }

        if (!TryParse(first.SdpFmtpLine, out var left) || !TryParse(second.SdpFmtpLine, out var right))
        {
            return first.SdpFmtpLine == second.SdpFmtpLine;
        }

        var name = first.EncodingName.ToUpperInvariant();
        return ignoreAsymmetricalParameters
            ? SymmetricalParameters(name, left).SequenceEqual(SymmetricalParameters(name, right))
            : left.Count == right.Count && left.All(pair =>
                right.TryGetValue(pair.Key, out var value) && string.Equals(pair.Value, value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The parameters that both sides must have alike; those left out are inferred.</summary>
    private static IEnumerable<string> SymmetricalParameters(string name, Dictionary<string, string> parameters)
    {
        string Value(string key, string inferred) => parameters.GetValueOrDefault(key, inferred).ToUpperInvariant();
        return name switch
        {
            // RFC 6184 §8.2.2: profile and packetization mode are symmetrical, the level (the last two digits) need not be.
            "H264" => [Value("profile-level-id", "42000A") is { Length: 6 } id ? id[..4] : "", Value("packetization-mode", "0")],
            "VP9" => [Value("profile-id", "0")],
            "RTX" => [Value("apt", "")],

            // RFC 7587 §7, RFC 7741 §6, AV1's payload format §7.2.3: what they say concerns the side that says it.
            "OPUS" or "VP8" or "AV1" => [],
            _ => parameters.OrderBy(
                pair => pair.Key, StringComparer.OrdinalIgnoreCase).Select(pair => $"{pair.Key}={pair.Value}".ToUpperInvariant()),
        };
    }

    private static bool TryParse(string line, out Dictionary<string, string> parameters)
    {
        parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !parameters.TryAdd(part[..at].TrimEnd(), part[(at + 1)..].TrimStart()))
            {
                return false;
            }
        }

        return true;
    }
}
