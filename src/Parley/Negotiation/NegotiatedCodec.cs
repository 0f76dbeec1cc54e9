namespace Parley;

/// <summary>A codec with the payload type it has in one section.</summary>
/// <param name="PayloadType">The payload type, 0 to 127.</param>
/// <param name="Name">The encoding name of its rtpmap.</param>
/// <param name="ClockRate">Ticks per second.</param>
/// <param name="Channels">Channels; 0 for pictures.</param>
/// <param name="FormatParameters">Its fmtp, or null.</param>
/// <param name="Feedback">Its RTCP feedback, as in rtcp-fb lines.</param>
internal sealed record NegotiatedCodec(int PayloadType, string Name, int ClockRate, int Channels, string? FormatParameters, IReadOnlyList<string> Feedback)
{
    public bool IsRtx => string.Equals(Name, "rtx", StringComparison.OrdinalIgnoreCase);

    public bool IsAuxiliary => CodecCatalog.IsAuxiliaryName(Name);

    /// <summary>Of rtx, the payload type that it repairs (RFC 4588 §8.6).</summary>
    public int? AssociatedPayloadType =>
        IsRtx && FormatParameters is { } parameters
        && parameters.Split(';').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("apt=", StringComparison.OrdinalIgnoreCase)) is { } apt
        && int.TryParse(apt.AsSpan(4), out var payloadType)
            ? payloadType
            : null;

    public RtpCodecParameters ToParameters(string kind) => new()
    {
        MimeType = $"{kind}/{Name}",
        ClockRate = ClockRate,
        Channels = Channels == 0 ? null : Channels,
        SdpFmtpLine = FormatParameters,
        PayloadType = PayloadType,
    };
}
