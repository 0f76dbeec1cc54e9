using Parley.Media;
using Parley.Sdp;

namespace Parley;

/// <summary>The codecs and header extensions this implementation packetises, with the payload types it prefers for them.</summary>
internal static class CodecCatalog
{
    public const string MidExtension = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string RidExtension = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    public const string RepairedRidExtension = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    public const string AudioLevelExtension = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    public const string MixerAudioLevelExtension = "urn:ietf:params:rtp-hdrext:csrc-audio-level";
    public const string AbsoluteSendTimeExtension = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    public const string VideoOrientationExtension = "urn:3gpp:video-orientation";
    public const string AbsoluteCaptureTimeExtension = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

    private static readonly RtcpFeedback[] VideoFeedback =
    [
        new(null, "nack"), new(null, "nack", "pli"), new(null, "ccm", "fir"), new(null, "goog-remb"),
    ];

    // The payload types are those that are offered when they are free. Each codec that has an rtx has the next number for it.
    private static readonly CodecDescription[] Audio =
    [
        new(111, "opus", 48_000, 2, "minptime=10;useinbandfec=1"),
        new(63, "red", 48_000, 2, "111/111"),
        new(0, "PCMU", 8_000),
        new(8, "PCMA", 8_000),
        new(13, "CN", 8_000), // RFC 7874 §3: for G.711, which has no silence of its own; its number is RFC 3551's
        new(110, "telephone-event", 48_000, 1, "0-15"),
        new(126, "telephone-event", 8_000, 1, "0-15"),
    ];

    private static readonly CodecDescription[] Video =
    [
        new(96, "VP8", 90_000) { Feedback = VideoFeedback },
        new(97, "rtx", 90_000, 1, "apt=96"),
        H264(102, "42e01f"),
        new(103, "rtx", 90_000, 1, "apt=102"),
        H264(104, "42001f"),
        new(105, "rtx", 90_000, 1, "apt=104"),
        H264(106, "640c1f"),
        new(107, "rtx", 90_000, 1, "apt=106"),
        new(45, "AV1", 90_000, 1, "level-idx=5;profile=0;tier=0") { Feedback = VideoFeedback },
        new(46, "rtx", 90_000, 1, "apt=45"),
        new(98, "VP9", 90_000, 1, "profile-id=0") { Feedback = VideoFeedback },
        new(99, "rtx", 90_000, 1, "apt=98"),
        new(100, "VP9", 90_000, 1, "profile-id=2") { Feedback = VideoFeedback },
        new(101, "rtx", 90_000, 1, "apt=100"),
    ];

    private static readonly RtpCapabilities AudioCapabilities = ToCapabilities(MediaKind.Audio);
    private static readonly RtpCapabilities VideoCapabilities = ToCapabilities(MediaKind.Video);

    /// <summary>The entries of a kind, the preferred first.</summary>
    public static IReadOnlyList<CodecDescription> Entries(MediaKind kind) => kind == MediaKind.Audio ? Audio : Video;

    /// <summary>
    /// The header extensions of a kind, as a first offer has them: those that are stopped are offered to who asks for them only.
    /// </summary>
    public static IReadOnlyList<RtpHeaderExtensionCapability> Extensions(MediaKind kind) => Capabilities(kind).HeaderExtensions;

    /// <summary>What W3C's getCapabilities returns.</summary>
    public static RtpCapabilities Capabilities(MediaKind kind) => kind == MediaKind.Audio ? AudioCapabilities : VideoCapabilities;

    /// <summary>The "codec dictionary match" algorithm (webrtc-pc §5.4), asymmetrical parameters and all.</summary>
    public static bool Matches(RtpCodec left, RtpCodec right) => CodecDictionary.Matches(left, right);

    /// <summary>
    /// Whether a codec only repairs or fills up others, of which setCodecPreferences wants more than these: RTX, RED, FEC and comfort
    /// noise.
    /// </summary>
    public static bool IsResilience(RtpCodec codec) =>
        codec.EncodingName.ToLowerInvariant() is "rtx" or "red" or "ulpfec" or "flexfec-03" or "cn";

    /// <summary>Whether a codec carries no media of its own.</summary>
    public static bool IsAuxiliary(RtpCodec codec) => IsAuxiliaryName(codec.EncodingName);

    /// <summary>Whether a codec carries no media of its own.</summary>
    public static bool IsAuxiliaryName(string name) =>
        name.ToLowerInvariant() is "rtx" or "red" or "ulpfec" or "flexfec-03" or "telephone-event" or "cn";

    /// <summary>The codec with its payload type as W3C shows it.</summary>
    public static RtpCodecParameters ToParameters(this CodecDescription codec, string kind) => new()
    {
        MimeType = $"{kind}/{codec.Name}",
        ClockRate = codec.ClockRate,
        Channels = kind == "audio" ? codec.Channels : null,
        SdpFmtpLine = codec.Parameters,
        PayloadType = codec.PayloadType,
    };

    private static CodecDescription H264(int payloadType, string profile) =>
        new(payloadType, "H264", 90_000, 1, $"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}")
        {
            Feedback = VideoFeedback,
        };

    private static RtpCapabilities ToCapabilities(MediaKind kind)
    {
        string[] uris = kind == MediaKind.Audio
            ? [MidExtension, AudioLevelExtension, AbsoluteSendTimeExtension, MixerAudioLevelExtension]
            : [MidExtension, RidExtension, RepairedRidExtension, AbsoluteSendTimeExtension, VideoOrientationExtension];
        var codecs = new List<RtpCodec>();
        foreach (var entry in Entries(kind))
        {
            var isRtx = entry.Is("rtx");
            if (isRtx && codecs.Any(codec => codec.EncodingName == "rtx"))
            {
                continue;
            }

            codecs.Add(new RtpCodec
            {
                MimeType = $"{(kind == MediaKind.Audio ? "audio" : "video")}/{entry.Name}",
                ClockRate = entry.ClockRate,
                Channels = kind == MediaKind.Video ? null : entry.Channels,
                SdpFmtpLine = isRtx ? null : entry.Parameters,
            });
        }

        return new RtpCapabilities(
            codecs,
                [
                    .. uris.Select(uri => new RtpHeaderExtensionCapability(uri, RtpTransceiverDirection.SendRecv)),
                    new RtpHeaderExtensionCapability(AbsoluteCaptureTimeExtension, RtpTransceiverDirection.Stopped),
                ]);
    }
}
