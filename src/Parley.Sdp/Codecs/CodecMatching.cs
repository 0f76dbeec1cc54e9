using System.Globalization;

namespace Parley.Sdp;

/// <summary>Whether two codecs are the same one, by each payload format's offer/answer rules, and what the answer says of it.</summary>
public static class CodecMatching
{
    /// <summary>
    /// Whether an offered codec and a local one are the same. Payload types do not count. A retransmission or redundancy format matches by
    /// name, clock and channels: what it protects is <see cref="Intersect"/>'s to see to.
    /// </summary>
    public static bool Matches(CodecDescription offered, CodecDescription local)
    {
        ArgumentNullException.ThrowIfNull(offered);
        ArgumentNullException.ThrowIfNull(local);
        if (!offered.Is(local.Name) || offered.ClockRate != local.ClockRate || Math.Max(offered.Channels, 1) != Math.Max(local.Channels, 1))
        {
            return false;
        }

        return local.Name.ToUpperInvariant() switch
        {
            // RFC 6184 §8.2.2: packetization-mode and the profile are the configuration; the level may differ.
            "H264" => Same(offered, local, "packetization-mode", "0") && SameH264Profile(offered, local),
            "H265" => Same(offered, local, "profile-id", "1")
                && Same(offered, local, "tier-flag", "0")
                && Same(offered, local, "tx-mode", "SRST"),
            "VP9" => Same(offered, local, "profile-id", "0"),
            "AV1" => Same(offered, local, "profile", "0"),
            _ => true,
        };
    }

    /// <summary>The fmtp text of the answer for a matching pair; null for none.</summary>
    /// <remarks>Parameters that describe the receiver are the local ones; a configuration is echoed; levels are the lower of
    /// both.</remarks>
    public static string? AnswerParameters(CodecDescription offered, CodecDescription local)
    {
        ArgumentNullException.ThrowIfNull(offered);
        ArgumentNullException.ThrowIfNull(local);
        return local.Name.ToUpperInvariant() switch
        {
            "H264" => H264Answer(offered, local),
            "AV1" => Av1Answer(offered, local),
            "VP9" => local.Parameters ?? offered.Parameters,
            "RTX" or "RED" => offered.Parameters,
            "TELEPHONE-EVENT" => Events(offered, local),
            _ => local.Parameters,
        };
    }

    /// <summary>
    /// The codecs of an answer: the offered ones that are known locally, in the offer's order and with its payload types, the answer's
    /// parameters and the feedback both name. A retransmission or redundancy format stays only with what it protects.
    /// </summary>
    public static IReadOnlyList<CodecDescription> Intersect(IReadOnlyList<CodecDescription> offered, IReadOnlyList<CodecDescription> local)
    {
        ArgumentNullException.ThrowIfNull(offered);
        ArgumentNullException.ThrowIfNull(local);
        var answer = new CodecDescription?[offered.Count];
        var kept = new HashSet<int>();
        for (int i = 0; i < offered.Count; i++)
        {
            if (!IsDependent(offered[i]))
            {
                answer[i] = Answer(offered[i], local);
                if (answer[i] is not null)
                {
                    kept.Add(offered[i].PayloadType);
                }
            }
        }

        // Redundancy may hold media; a retransmission may repeat redundancy: two rounds.
        KeepDependents(offered, local, answer, kept, "red");
        KeepDependents(offered, local, answer, kept, "rtx");
        return [.. answer.OfType<CodecDescription>()];
    }

    private static void KeepDependents(
        IReadOnlyList<CodecDescription> offered, IReadOnlyList<CodecDescription> local, CodecDescription?[] answer, HashSet<int> kept,
        string name)
    {
        for (int i = 0; i < offered.Count; i++)
        {
            if (offered[i].Is(name) && Protects(offered[i], kept) && Answer(offered[i], local) is { } found)
            {
                answer[i] = found;
                kept.Add(found.PayloadType);
            }
        }
    }

    private static bool IsDependent(CodecDescription codec) => codec.Is("rtx") || codec.Is("red");

    private static bool Protects(CodecDescription codec, HashSet<int> kept)
    {
        if (codec.Is("rtx"))
        {
            return codec.AssociatedPayloadType is { } type && kept.Contains(type);
        }

        // RFC 2198 §5: "111/111"; video's red says nothing and may hold anything.
        foreach (var range in codec.Parameters.AsSpan().Split('/'))
        {
            var text = codec.Parameters.AsSpan(range).Trim(' ');
            if (SdpNumber.TryInt32(text, 127, out int type) && !kept.Contains(type))
            {
                return false;
            }
        }

        return true;
    }

    private static CodecDescription? Answer(CodecDescription offered, IReadOnlyList<CodecDescription> local)
    {
        foreach (var candidate in local)
        {
            if (Matches(offered, candidate))
            {
                return offered with
                {
                    Parameters = AnswerParameters(offered, candidate),
                    Feedback =
                        [.. offered.Feedback.Where(line =>
                            candidate.Feedback.Any(own => own.Type == line.Type && own.Parameter == line.Parameter))],
                };
            }
        }

        return null;
    }

    private static bool Same(CodecDescription offered, CodecDescription local, string name, string absent) =>
        string.Equals(offered.Parameter(name) ?? absent, local.Parameter(name) ?? absent, StringComparison.OrdinalIgnoreCase);

    private static bool SameH264Profile(CodecDescription offered, CodecDescription local) =>
        H264ProfileLevelId.TryParse(offered.Parameter("profile-level-id"), out var theirs)
        && H264ProfileLevelId.TryParse(local.Parameter("profile-level-id"), out var ours) && theirs.Profile == ours.Profile;

    private static string? H264Answer(CodecDescription offered, CodecDescription local)
    {
        string? theirText = offered.Parameter("profile-level-id"), ourText = local.Parameter("profile-level-id");
        if ((theirText is null && ourText is null)
            || !H264ProfileLevelId.TryParse(theirText, out var theirs)
            || !H264ProfileLevelId.TryParse(ourText, out var ours))
        {
            return local.Parameters;
        }

        // RFC 6184 §8.2.2: with level asymmetry on both sides each states its own level, else the answer's is no higher than the offer's.
        bool asymmetric = offered.Parameter("level-asymmetry-allowed") == "1" && local.Parameter("level-asymmetry-allowed") == "1";
        var answer = asymmetric
            ? ours
            : ours with { Level = LevelOrder(ours.Level) < LevelOrder(theirs.Level) ? ours.Level : theirs.Level };
        return Rewrite(local, "profile-level-id", answer.ToString());
    }

    // Level 1b (9) stands above 1 (10) and below 1.1 (11).
    private static int LevelOrder(int level) => level == H264ProfileLevelId.Level1B ? 21 : level * 2;

    private static string? Av1Answer(CodecDescription offered, CodecDescription local)
    {
        if (local.Parameters is null)
        {
            return null;
        }

        // AV1 RTP specification §7.2: absent means level-idx 5, tier 0.
        string? text = local.Parameters;
        foreach ((string name, int absent) in new[] { ("level-idx", 5), ("tier", 0) })
        {
            int theirs = SdpNumber.TryInt32(offered.Parameter(name), 31, out int read) ? read : absent;
            int ours = SdpNumber.TryInt32(local.Parameter(name), 31, out read) ? read : absent;
            if (theirs < ours)
            {
                text = Rewrite(local with { Parameters = text }, name, theirs.ToString(CultureInfo.InvariantCulture));
            }
        }

        return text;
    }

    private static string Rewrite(CodecDescription codec, string name, string value)
    {
        var parts = new List<FormatParameter>(new FormatParameters(codec.PayloadType, codec.Parameters ?? "").Parameters);
        int place = parts.FindIndex(part => string.Equals(part.Name, name, StringComparison.OrdinalIgnoreCase));
        if (place < 0)
        {
            parts.Add(new FormatParameter(name, value));
        }
        else
        {
            parts[place] = new FormatParameter(parts[place].Name, value);
        }

        return string.Join(';', parts);
    }

    // RFC 4733 §2.4.1: a list of numbers and ranges; absent means 0-15.
    private static string? Events(CodecDescription offered, CodecDescription local)
    {
        Span<bool> theirs = stackalloc bool[256];
        Span<bool> ours = stackalloc bool[256];
        ReadEvents(offered.Parameters ?? "0-15", theirs);
        ReadEvents(local.Parameters ?? "0-15", ours);
        var ranges = new List<string>();
        for (int first = 0; first < 256; first++)
        {
            int end = first;
            while (end < 256 && theirs[end] && ours[end])
            {
                end++;
            }

            if (end > first)
            {
                ranges.Add(end - first == 1 ? SdpNumber.ToText(first) : $"{SdpNumber.ToText(first)}-{SdpNumber.ToText(end - 1)}");
                first = end;
            }
        }

        return ranges.Count == 0 || (offered.Parameters is null && local.Parameters is null) ? null : string.Join(',', ranges);
    }

    private static void ReadEvents(ReadOnlySpan<char> text, Span<bool> events)
    {
        text = text.StartsWith("events=", StringComparison.OrdinalIgnoreCase) ? text["events=".Length..] : text;
        foreach (var range in text.Split(','))
        {
            var part = text[range].Trim(' ');
            int dash = part.IndexOf('-');
            if (SdpNumber.TryInt32(dash < 0 ? part : part[..dash], 255, out int first)
                && SdpNumber.TryInt32(dash < 0 ? part : part[(dash + 1)..], 255, out int last) && first <= last)
            {
                events[first..(last + 1)].Fill(true);
            }
        }
    }
}
