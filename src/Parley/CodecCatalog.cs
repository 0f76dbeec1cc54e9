using Parley.Media;

namespace Parley;

/// <summary>The codecs and header extensions this implementation packetises, with the payload types it prefers for them.</summary>
internal static class CodecCatalog
{
    public const string MidExtension = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string RidExtension = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    public const string RepairedRidExtension = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    public const string AudioLevelExtension = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    public const string AbsoluteSendTimeExtension = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    private static readonly CatalogEntry[] Audio =
    [
        new("opus", 48_000, 2, "minptime=10;useinbandfec=1", 111, []),
        new("PCMU", 8_000, 1, null, 0, []),
        new("PCMA", 8_000, 1, null, 8, []),
        new("telephone-event", 48_000, 1, "0-15", 110, []),
        new("telephone-event", 8_000, 1, "0-15", 126, []),
    ];

    private static readonly string[] VideoFeedback = ["nack", "nack pli", "ccm fir", "goog-remb"];

    private static readonly CatalogEntry[] Video =
    [
        new("VP8", 90_000, 0, null, 96, VideoFeedback),
        new("rtx", 90_000, 0, "apt=96", 97, []),
        new("H264", 90_000, 0, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 102, VideoFeedback),
        new("rtx", 90_000, 0, "apt=102", 103, []),
        new("H264", 90_000, 0, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f", 104, VideoFeedback),
        new("rtx", 90_000, 0, "apt=104", 105, []),
        new("H264", 90_000, 0, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f", 106, VideoFeedback),
        new("rtx", 90_000, 0, "apt=106", 107, []),
    ];

    private static readonly RtpCapabilities AudioCapabilities = ToCapabilities(MediaKind.Audio);
    private static readonly RtpCapabilities VideoCapabilities = ToCapabilities(MediaKind.Video);

    /// <summary>The entries of a kind, the preferred first.</summary>
    public static IReadOnlyList<CatalogEntry> Entries(MediaKind kind) => kind == MediaKind.Audio ? Audio : Video;

    /// <summary>The header extensions of a kind.</summary>
    public static IReadOnlyList<string> Extensions(MediaKind kind) => kind == MediaKind.Audio
        ? [MidExtension, AudioLevelExtension, AbsoluteSendTimeExtension]
        : [MidExtension, RidExtension, RepairedRidExtension, AbsoluteSendTimeExtension];

    /// <summary>What W3C's getCapabilities returns.</summary>
    public static RtpCapabilities Capabilities(MediaKind kind) => kind == MediaKind.Audio ? AudioCapabilities : VideoCapabilities;

    /// <summary>The "codec dictionary match" algorithm (webrtc-pc §5.2.12).</summary>
    public static bool Matches(RtpCodec left, RtpCodec right) =>
        string.Equals(left.MimeType, right.MimeType, StringComparison.OrdinalIgnoreCase)
        && left.ClockRate == right.ClockRate
        && left.Channels == right.Channels
        && SameFormatParameters(left.SdpFmtpLine, right.SdpFmtpLine);

    /// <summary>Whether a codec carries no media of its own.</summary>
    public static bool IsAuxiliary(RtpCodec codec) => IsAuxiliaryName(codec.EncodingName);

    /// <summary>Whether a codec carries no media of its own.</summary>
    public static bool IsAuxiliaryName(string name) => name.ToLowerInvariant() is "rtx" or "red" or "ulpfec" or "flexfec-03" or "telephone-event" or "cn";

    private static bool SameFormatParameters(string? left, string? right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase)
        || (left is not null && right is not null && Split(left).SetEquals(Split(right)));

    private static HashSet<string> Split(string parameters) =>
        new(parameters.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    private static RtpCapabilities ToCapabilities(MediaKind kind)
    {
        var codecs = new List<RtpCodec>();
        foreach (var entry in Entries(kind))
        {
            var isRtx = entry.Name == "rtx";
            if (isRtx && codecs.Any(codec => codec.EncodingName == "rtx"))
            {
                continue;
            }

            codecs.Add(new RtpCodec
            {
                MimeType = $"{(kind == MediaKind.Audio ? "audio" : "video")}/{entry.Name}",
                ClockRate = entry.ClockRate,
                Channels = entry.Channels == 0 ? null : entry.Channels,
                SdpFmtpLine = isRtx ? null : entry.FormatParameters,
            });
        }

        return new RtpCapabilities(codecs, [.. Extensions(kind).Select(uri => new RtpHeaderExtensionCapability(uri))]);
    }
}
