namespace Parley.Sdp;

/// <summary>What must hold within one media section.</summary>
internal static class SectionChecks
{
    private const int LastStaticAudioType = 18;

    public static void Check(MediaDescription media, bool strict, SdpErrors errors)
    {
        var encodings = new Dictionary<int, string>();
        var extensions = new Dictionary<int, string>();
        var rids = new HashSet<(string, MediaDirection)>();
        bool hasDirection = false, hasSimulcast = false, hasMid = false;
        SdpAttribute? malformedFingerprint = null;
        CheckFormats(media, errors);
        foreach (var attribute in media.Attributes)
        {
            // What only data has means nothing elsewhere, as with browsers.
            if (strict || media.Kind == "application" || attribute.Name is not ("sctp-port" or "max-message-size" or "sctp-init"))
            {
                AttributeSyntax.Check(attribute, strict, errors);
            }

            // Chromium 156 takes several.
            if (strict && MediaDirections.TryParse(attribute, out _))
            {
                Once(ref hasDirection, attribute, SdpErrorReason.DuplicateDirection, errors);
            }

            switch (attribute.Name)
            {
                // Chromium 156 takes the same line twice.
                case "mid" when attribute.Value is not "" && (strict || attribute.Value != media.Mid || !hasMid):
                    Once(ref hasMid, attribute, SdpErrorReason.DuplicateMid, errors);
                    break;
                case "simulcast":
                    Once(ref hasSimulcast, attribute, SdpErrorReason.InvalidSimulcast, errors);
                    break;
                case "fingerprint" when !Fingerprint.TryParse(attribute.Value, out _):
                    malformedFingerprint ??= attribute;
                    break;
                case "rtpmap" when !RtpMap.TryParse(attribute.Value, out _):
                    CheckMalformedMap(media, attribute, errors);
                    break;
                case "rtpmap" when RtpMap.TryParse(attribute.Value, out var map) && IsOtherThanStatic(media, map):
                    errors.Add(attribute, SdpErrorReason.ConflictingPayloadType, "The payload type means another encoding of itself");
                    break;
                case "rtpmap" when RtpMap.TryParse(attribute.Value, out var map) && Conflicts(encodings, map.PayloadType, Encoding(map)):
                    errors.Add(attribute, SdpErrorReason.ConflictingPayloadType, "The payload type already means another encoding");
                    break;
                case "extmap" when ExtMap.TryParse(attribute.Value, out var map) && Conflicts(extensions, map.Id, ExtensionName(map)):
                    errors.Add(attribute, SdpErrorReason.ConflictingExtMap, "The id already means another header extension");
                    break;
                // Chromium 156 ignores the second.
                case "rid" when strict && RidAttribute.TryParse(attribute.Value, out var rid) && !rids.Add((rid.Id, rid.Direction)):
                    errors.Add(attribute, SdpErrorReason.DuplicateRid, "The rid already stands in this section");
                    break;
            }
        }

        // One that is good is enough: those that cannot be read are ignored.
        if (malformedFingerprint is { } malformed && media.Fingerprints.Count == 0)
        {
            errors.Add(malformed, SdpErrorReason.InvalidFingerprint, "The attribute's value is malformed or out of range");
        }

        // RFC 8839 §5.4: both stand at one level, or neither. Chromium 156 takes one from the session and one from the section.
        if (strict && media.Has("ice-ufrag") != media.Has("ice-pwd"))
        {
            errors.Add(media.LineNumber, "", SdpErrorReason.MissingIceCredentials, "An ice-ufrag goes with an ice-pwd");
        }
    }

    internal static string Encoding(RtpMap map) =>
        new RtpMap(0, map.EncodingName.ToUpperInvariant(), map.ClockRate, map.Channels ?? 1).ToString();

    // RFC 6904: an encrypted extension is another one than the same in the clear.
    internal static string ExtensionName(ExtMap map) => $"{map.Uri} {map.ExtensionAttributes}";

    internal static bool Conflicts(Dictionary<int, string> known, int number, string meaning) =>
        !known.TryAdd(number, meaning) && known[number] != meaning;

    // RFC 3551 §6: the payload types of sound below 19 mean something of themselves. Chromium 156 refuses another meaning.
    private static bool IsOtherThanStatic(MediaDescription media, RtpMap map) =>
        media.Kind == "audio" && map.PayloadType <= LastStaticAudioType && media.PayloadTypes.Contains(map.PayloadType)
        && StaticPayloadTypes.TryFind(map.PayloadType, out var meaning)
        && (!meaning.EncodingName.Equals(map.EncodingName, StringComparison.OrdinalIgnoreCase) || meaning.ClockRate != map.ClockRate);

    // A map of a format that the section does not have means nothing; Chromium 156 ignores it too.
    private static void CheckMalformedMap(MediaDescription media, SdpAttribute attribute, SdpErrors errors)
    {
        var fields = new SdpFields(attribute.Value);
        bool isNumber = fields.TryNext(out var type) & SdpNumber.TryUInt64(type, out ulong number);
        if (isNumber && RtpMap.HasNegativeClockRate(attribute.Value) && !StaticPayloadTypes.TryFind((int)number, out _))
        {
            return;
        }

        if (!isNumber || fields.IsAtEnd || number > 127 || media.Formats.Contains(type.ToString()))
        {
            errors.Add(
                attribute,
                isNumber && number > 127 ? SdpErrorReason.PayloadTypeOutOfRange : SdpErrorReason.InvalidRtpMap,
                "The attribute's value is malformed or out of range");
        }
    }

    private static void CheckFormats(MediaDescription media, SdpErrors errors)
    {
        if (!media.Protocol.Contains("RTP/", StringComparison.Ordinal))
        {
            return;
        }

        foreach (string format in media.Formats)
        {
            if (!SdpNumber.TryInt32(format, 127, out _))
            {
                errors.Add(media, SdpErrorReason.PayloadTypeOutOfRange, "A payload type is a number up to 127");
                return;
            }
        }
    }

    private static void Once(ref bool seen, SdpAttribute attribute, SdpErrorReason reason, SdpErrors errors)
    {
        if (seen)
        {
            errors.Add(attribute, reason, "The attribute may stand once in a section");
        }

        seen = true;
    }
}
