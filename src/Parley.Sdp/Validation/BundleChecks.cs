namespace Parley.Sdp;

/// <summary>What must hold between the sections of a description (RFC 9429 §5.8, RFC 8843 §7).</summary>
internal sealed class BundleChecks(SdpDocument document, SdpErrors errors)
{
    private readonly Dictionary<string, MediaDescription> _sections = [];
    private readonly Dictionary<string, string> _tags = [];

    public void Check(SdpRequirements requirements)
    {
        foreach (var media in document.Media)
        {
            if (media.Mid is { } mid && !_sections.TryAdd(mid, media))
            {
                errors.Add(
                    media.Attributes.Find(attribute => attribute.Name == "mid"),
                    SdpErrorReason.DuplicateMid,
                    "Another section bears this mid");
            }
        }

        foreach (var attribute in document.Attributes)
        {
            if (attribute.Name == "group" && SdpGroup.TryParse(attribute.Value, out var group) && group.Semantics == SdpGroup.Bundle)
            {
                CheckBundle(attribute, group.Mids, requirements.HasFlag(SdpRequirements.Strict));
            }
        }

        foreach (var media in document.Media)
        {
            CheckRequirements(media, requirements);
        }
    }

    private void CheckBundle(SdpAttribute line, IReadOnlyList<string> mids, bool strict)
    {
        var encodings = new Dictionary<int, string>();
        var extensions = new Dictionary<int, string>();
        var seen = new HashSet<string>();
        foreach (string mid in mids)
        {
            // Chromium 156 takes a mid twice in one group, not in two.
            if (!seen.Add(mid) && !strict)
            {
                continue;
            }

            if (!_sections.TryGetValue(mid, out var media))
            {
                errors.Add(line, SdpErrorReason.UnknownBundleMid, "The group names a mid that no section bears");
            }
            else if (!_tags.TryAdd(mid, mids[0]))
            {
                errors.Add(line, SdpErrorReason.DuplicateBundleMid, "The mid already stands in a BUNDLE group");
            }
            else if (!media.IsRejected && strict)
            {
                CheckShared(media, encodings, extensions);
            }
        }
    }

    // RFC 8843 §9: for all that share a transport one payload type has one meaning, and so has one header extension id. Chromium 156 takes
    // offers that break the first, aiortc 1.4 makes offers that break the second: only the strict hear of it.
    private void CheckShared(MediaDescription media, Dictionary<int, string> encodings, Dictionary<int, string> extensions)
    {
        var own = new HashSet<int>();
        var ownExtensions = new HashSet<int>();
        foreach (var attribute in media.Attributes)
        {
            // A conflict within the section has been reported already.
            if (attribute.Name == "rtpmap" && RtpMap.TryParse(attribute.Value, out var map) && own.Add(map.PayloadType)
                && SectionChecks.Conflicts(encodings, map.PayloadType, SectionChecks.Encoding(map)))
            {
                errors.Add(
                    attribute, SdpErrorReason.ConflictingPayloadType, "The payload type means another encoding in this BUNDLE group");
            }
            else if (attribute.Name == "extmap" && ExtMap.TryParse(attribute.Value, out var extension) && ownExtensions.Add(extension.Id)
                && SectionChecks.Conflicts(extensions, extension.Id, SectionChecks.ExtensionName(extension)))
            {
                errors.Add(attribute, SdpErrorReason.ConflictingExtMap, "The id means another header extension in this BUNDLE group");
            }
        }
    }

    private void CheckRequirements(MediaDescription media, SdpRequirements requirements)
    {
        if (requirements.HasFlag(SdpRequirements.Mid) && media.Mid is null)
        {
            errors.Add(media, SdpErrorReason.MissingMid, "The section has no mid");
        }

        // RFC 8843: transport attributes stand in the tagged section alone.
        bool leansOnTag = media.Mid is { } mid && _tags.TryGetValue(mid, out string? tag) && tag != mid && _sections.ContainsKey(tag);
        if (media.IsRejected || leansOnTag)
        {
            return;
        }

        if (requirements.HasFlag(SdpRequirements.Fingerprint) && document.FingerprintsOf(media).Count == 0)
        {
            errors.Add(media, SdpErrorReason.MissingFingerprint, "The section has no fingerprint");
        }

        if (requirements.HasFlag(SdpRequirements.IceCredentials)
            && (document.IceUfragOf(media) is null || document.IcePwdOf(media) is null))
        {
            errors.Add(media, SdpErrorReason.MissingIceCredentials, "The section has no ICE credentials");
        }

        if (requirements.HasFlag(SdpRequirements.Setup) && document.SetupOf(media) is null)
        {
            errors.Add(media, SdpErrorReason.MissingSetup, "The section has no setup role");
        }
    }
}
