using Parley.Media;

namespace Parley;

/// <summary>The "addTransceiver sendEncodings validation steps" (webrtc-pc §5.1).</summary>
internal static class SendEncodingValidation
{
    private const int MaxRidLength = 255;

    public static IReadOnlyList<RtpEncodingParameters> Validate(MediaKind kind, IReadOnlyList<RtpEncodingParameters> encodings, int maximum)
    {
        if (encodings.Count == 0)
        {
            return [];
        }

        var rids = encodings.Select(encoding => encoding.Rid).Where(rid => rid is not null).ToArray();
        if (rids.Any(rid => !IsWellFormed(rid!)) || (rids.Length != 0 && rids.Length != encodings.Count) || rids.Distinct().Count() != rids.Length)
        {
            throw new ArgumentException("The rids must be well-formed, unique, and on all encodings or none.", nameof(encodings));
        }

        if (encodings.Any(encoding => encoding.Codec is { } codec && !CodecCatalog.Capabilities(kind).Codecs.Any(known => CodecCatalog.Matches(known, codec))))
        {
            throw new RtcException(RtcErrorNames.OperationError, "An encoding's codec is not among the capabilities.");
        }

        IEnumerable<RtpEncodingParameters> result = encodings;
        if (kind == MediaKind.Audio)
        {
            result = result.Select(encoding => encoding with { ScaleResolutionDownBy = null, MaxFramerate = null });
        }

        if (result.Any(encoding => encoding.ScaleResolutionDownBy < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(encodings), "A scale is 1.0 or more.");
        }

        if (result.Any(encoding => encoding.MaxFramerate <= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(encodings), "A frame rate is positive.");
        }

        var anyScale = result.Any(encoding => encoding.ScaleResolutionDownBy is not null);
        var trimmed = result.Take(maximum).ToArray();
        for (var i = 0; i < trimmed.Length && kind == MediaKind.Video; i++)
        {
            trimmed[i] = trimmed[i] with { ScaleResolutionDownBy = anyScale ? trimmed[i].ScaleResolutionDownBy ?? 1.0 : Math.Pow(2, trimmed.Length - i - 1) };
        }

        if (trimmed.Length == 1)
        {
            trimmed[0] = trimmed[0] with { Rid = null };
        }

        return trimmed;
    }

    /// <summary>RFC 8851 §10: letters, digits, hyphens and underscores; the header extension bounds the length (RFC 8285 §4.3).</summary>
    private static bool IsWellFormed(string rid) =>
        rid.Length is > 0 and <= MaxRidLength && rid.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
