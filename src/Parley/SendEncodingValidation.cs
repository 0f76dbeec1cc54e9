using Parley.Media;

namespace Parley;

/// <summary>
/// The "addTransceiver sendEncodings validation steps" (webrtc-pc §5.1) and the "setParameters validation steps" (§5.2), each in the order
/// of the text.
/// </summary>
internal static class SendEncodingValidation
{
    /// <summary>What the length of a header extension's element can say (RFC 8285 §4.3).</summary>
    private const int MaxRidLength = 255;

    /// <summary>maxN: the most encodings of a kind at once. Sound has one.</summary>
    public static int MaxEncodings(MediaKind kind) => kind == MediaKind.Video ? 4 : 1;

    /// <summary>What Web IDL refuses before any step: a sequence without null, and the type double takes finite numbers only.</summary>
    /// <exception cref="ArgumentException">It is so.</exception>
    public static void ThrowIfNotOfTheirTypes(IReadOnlyList<RtpEncodingParameters> encodings)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        if (encodings.Any(encoding =>
            encoding is null || !double.IsFinite(encoding.ScaleResolutionDownBy ?? 1) || !double.IsFinite(encoding.MaxFramerate ?? 1)))
        {
            throw new ArgumentException("Encodings are not null, and their scales and frame rates are finite.", nameof(encodings));
        }
    }

    public static IReadOnlyList<RtpEncodingParameters> Validate(MediaKind kind, IReadOnlyList<RtpEncodingParameters> encodings)
    {
        if (encodings.Count == 0)
        {
            return [];
        }

        var rids = encodings.Select(encoding => encoding.Rid).OfType<string>().ToArray();
        if (!rids.All(IsWellFormed) || (rids.Length != 0 && rids.Length != encodings.Count) || rids.Distinct().Count() != rids.Length)
        {
            throw new ArgumentException("The rids must be well-formed, unique, and on all encodings or none.", nameof(encodings));
        }

        var known = CodecCatalog.Capabilities(kind).Codecs;
        if (encodings.Any(encoding => encoding.Codec is { } codec && !known.Any(candidate => CodecCatalog.Matches(candidate, codec))))
        {
            throw new RtcException(RtcErrorNames.OperationError, "An encoding's codec is not among the capabilities.");
        }

        RtpEncodingParameters[] result = [.. encodings.Select(encoding => kind == MediaKind.Audio ? WithoutPictures(encoding) : encoding)];
        if (!AreRestrictedAlike(result))
        {
            throw new RtcException(
                RtcErrorNames.OperationError, "All active encodings have a largest size, of a pixel or more each way, or none has.");
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
        result = [.. result.Take(MaxEncodings(kind))];
        for (var i = 0; i < result.Length && kind == MediaKind.Video; i++)
        {
            result[i] = result[i] with
            {
                ScaleResolutionDownBy = anyScale ? result[i].ScaleResolutionDownBy ?? 1.0 : Math.Pow(2, result.Length - i - 1),
            };
        }

        return result.Length == 1 ? [result[0] with { Rid = null }] : result;
    }

    /// <summary>The encodings as setParameters stores them.</summary>
    /// <exception cref="RtcException">InvalidModificationError: the number or order of encodings, a read-only member, or a codec differs
    /// from what is allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale below 1.0 or a negative frame rate.</exception>
    public static IReadOnlyList<RtpEncodingParameters> Validate(
        MediaKind kind, int count, RtpSendParameters parameters, RtpSendParameters last)
    {
        var choosable = parameters.Codecs.Count > 0 ? parameters.Codecs : CodecCatalog.Capabilities(kind).Codecs;
        if (parameters.Encodings.Count != count
            || !SameReadOnlyMembers(parameters, last)
            || parameters.Encodings.Any(encoding =>
                encoding.Codec is { } codec
                    && !choosable.Any(known => CodecDictionary.Matches(known, codec, ignoreAsymmetricalParameters: true))))
        {
            throw new RtcException(
                RtcErrorNames.InvalidModificationError,
                "Encodings were added, removed or reordered, a read-only member differs, or a codec was not negotiated.");
        }

        if (kind == MediaKind.Video && !AreRestrictedAlike(parameters.Encodings))
        {
            throw new RtcException(
                RtcErrorNames.InvalidModificationError,
                "All active encodings have a largest size, of a pixel or more each way, or none has.");
        }

        RtpEncodingParameters[] result =
        [
            .. parameters.Encodings.Select(encoding => kind == MediaKind.Audio
                ? WithoutPictures(encoding)
                : encoding with { ScaleResolutionDownBy = encoding.ScaleResolutionDownBy ?? 1.0 }),
        ];
        if (result.Any(encoding => encoding.ScaleResolutionDownBy < 1 || encoding.MaxFramerate < 0))
        {
            throw new ArgumentOutOfRangeException(nameof(parameters), "A scale is 1.0 or more, and a frame rate is not negative.");
        }

        return result;
    }

    private static RtpEncodingParameters WithoutPictures(RtpEncodingParameters encoding) =>
        encoding with { ScaleResolutionDownBy = null, ScaleResolutionDownTo = null, MaxFramerate = null };

    /// <summary>
    /// webrtc-extensions: "scaleResolutionDownTo is specified on all active encodings", and "both dimensions have a value greater than 0".
    /// </summary>
    private static bool AreRestrictedAlike(IReadOnlyList<RtpEncodingParameters> encodings) =>
        encodings.All(encoding => encoding.ScaleResolutionDownTo is null)
        || encodings.All(encoding =>
            encoding.ScaleResolutionDownTo is { } size ? size is { MaxWidth: > 0, MaxHeight: > 0 } : !encoding.Active);

    private static bool SameReadOnlyMembers(RtpSendParameters left, RtpSendParameters right) =>
        left.TransactionId == right.TransactionId
        && left.Encodings.Zip(right.Encodings).All(pair => pair.First.Rid == pair.Second.Rid)
        && left.HeaderExtensions.SequenceEqual(right.HeaderExtensions)
        && left.Rtcp == right.Rtcp
        && left.Codecs.SequenceEqual(right.Codecs);

    /// <summary>RFC 8851 §10: letters, digits, hyphens and underscores.</summary>
    private static bool IsWellFormed(string rid) =>
        rid.Length is > 0 and <= MaxRidLength && rid.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
