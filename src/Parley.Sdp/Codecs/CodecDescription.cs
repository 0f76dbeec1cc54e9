namespace Parley.Sdp;

/// <summary>All that a media section says of one payload type.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Name">The encoding's name; compared without regard to case.</param>
/// <param name="ClockRate">Ticks of the RTP clock per second.</param>
/// <param name="Channels">Channels of sound; 1 where not written.</param>
/// <param name="Parameters">The fmtp text; null for none.</param>
public sealed record CodecDescription(int PayloadType, string Name, int ClockRate, int Channels = 1, string? Parameters = null)
{
    /// <summary>The feedback that applies to it, its payload type filled in.</summary>
    public IReadOnlyList<RtcpFeedback> Feedback { get; init; } = [];

    /// <summary>The payload type that this retransmits (RFC 4588 §8.1); null without an apt parameter.</summary>
    public int? AssociatedPayloadType => SdpNumber.TryInt32(Parameter("apt"), 127, out int type) ? type : null;

    /// <summary>Whether it bears that encoding name.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of an fmtp parameter, compared without regard to case; null when it is not written.</summary>
    public string? Parameter(string name) => Parameters is null ? null : new FormatParameters(PayloadType, Parameters)[name];

    /// <summary>Reads a section's codecs in the order of its formats; formats without an rtpmap mean what RFC 3551 says.</summary>
    /// <remarks>Formats that mean nothing are left out.</remarks>
    public static IReadOnlyList<CodecDescription> ReadFrom(MediaDescription media)
    {
        var maps = new Dictionary<int, RtpMap>();
        foreach (var map in media.RtpMaps)
        {
            maps.TryAdd(map.PayloadType, map);
        }

        var parameters = new Dictionary<int, string>();
        foreach (var line in media.FormatParameters)
        {
            parameters.TryAdd(line.PayloadType, line.Text);
        }

        var feedback = media.RtcpFeedback.ToLookup(line => line.PayloadType);
        var codecs = new List<CodecDescription>();
        var seen = new HashSet<int>();
        foreach (int type in media.PayloadTypes)
        {
            if (seen.Add(type) && (maps.TryGetValue(type, out var map) || StaticPayloadTypes.TryFind(type, out map)))
            {
                codecs.Add(
                    new CodecDescription(type, map.EncodingName, map.ClockRate, map.Channels ?? 1, parameters.GetValueOrDefault(type))
                {
                    Feedback = [.. feedback[null].Concat(feedback[type]).Select(line => line with { PayloadType = type }).Distinct()],
                });
            }
        }

        return codecs;
    }

    /// <summary>Appends it to a section: the format, rtpmap, rtcp-fb and fmtp lines.</summary>
    public void AddTo(MediaDescription media)
    {
        media.Formats.Add(SdpNumber.ToText(PayloadType));
        media.Add("rtpmap", new RtpMap(PayloadType, Name, ClockRate, Channels > 1 ? Channels : null).ToString());
        foreach (var line in Feedback)
        {
            media.Add("rtcp-fb", (line with { PayloadType = PayloadType }).ToString());
        }

        if (Parameters is not null)
        {
            media.Add("fmtp", new FormatParameters(PayloadType, Parameters).ToString());
        }
    }

    /// <inheritdoc/>
    public bool Equals(CodecDescription? other) =>
        other is not null && PayloadType == other.PayloadType && Is(other.Name) && ClockRate == other.ClockRate
            && Channels == other.Channels && Parameters == other.Parameters && Feedback.SequenceEqual(other.Feedback);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(PayloadType, StringComparer.OrdinalIgnoreCase.GetHashCode(Name), ClockRate, Channels, Parameters);
}
