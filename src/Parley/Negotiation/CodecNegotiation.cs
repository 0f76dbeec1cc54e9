namespace Parley;

/// <summary>Whether an offered codec is one of ours, and what to answer (RFC 3264 §6.1, RFC 6184 §8.2.2, RFC 7587 §7).</summary>
internal static class CodecNegotiation
{
    public static bool IsMatch(CatalogEntry entry, NegotiatedCodec offered)
    {
        if (!string.Equals(entry.Name, offered.Name, StringComparison.OrdinalIgnoreCase) || entry.ClockRate != offered.ClockRate || entry.Channels != offered.Channels)
        {
            return false;
        }

        return !string.Equals(entry.Name, "H264", StringComparison.OrdinalIgnoreCase)
            || (Parameter(offered.FormatParameters, "packetization-mode") ?? "0") == (Parameter(entry.FormatParameters, "packetization-mode") ?? "0")
            && H264Profile(offered.FormatParameters) == H264Profile(entry.FormatParameters);
    }

    /// <summary>The fmtp of the answer: declarative parameters are our own; H.264 repeats the offered profile.</summary>
    public static string? AnswerParameters(CatalogEntry entry, NegotiatedCodec offered) =>
        string.Equals(entry.Name, "H264", StringComparison.OrdinalIgnoreCase) ? offered.FormatParameters : entry.FormatParameters;

    private static string? Parameter(string? parameters, string name)
    {
        foreach (var part in (parameters ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith(name, StringComparison.OrdinalIgnoreCase) && part.Length > name.Length && part[name.Length] == '=')
            {
                return part[(name.Length + 1)..];
            }
        }

        return null;
    }

    // RFC 6184 §8.1: profile_idc and the constraint flags make the profile; the level may differ. Without the parameter it is Baseline.
    private static string H264Profile(string? parameters)
    {
        var id = (Parameter(parameters, "profile-level-id") ?? "42000a").ToLowerInvariant();
        return id.Length == 6 ? id[..4] : "";
    }
}
