namespace Parley.Sdp;

public sealed partial class SdpDocument
{
    /// <summary>The mids of each BUNDLE group (RFC 8843 §7), which share one transport; the first mid of each is the tagged one.</summary>
    public IReadOnlyList<IReadOnlyList<string>> BundleGroups
    {
        get
        {
            var bundles = new List<IReadOnlyList<string>>();
            foreach (var group in Groups)
            {
                if (group.Semantics == SdpGroup.Bundle)
                {
                    bundles.Add(group.Mids);
                }
            }

            return bundles;
        }

        set
        {
            var groups = new List<SdpGroup>();
            foreach (var mids in value)
            {
                groups.Add(new SdpGroup(SdpGroup.Bundle, mids));
            }

            foreach (var group in Groups)
            {
                if (group.Semantics != SdpGroup.Bundle)
                {
                    groups.Add(group);
                }
            }

            Groups = groups;
        }
    }

    /// <summary>All groups (RFC 5888 §5), the BUNDLE ones too.</summary>
    public IReadOnlyList<SdpGroup> Groups
    {
        get => ReadAll<SdpGroup>("group", SdpGroup.TryParse);
        set => WriteAll("group", value);
    }

    /// <summary>The writer is a lite ICE agent (RFC 8839 §5.3).</summary>
    public bool IceLite
    {
        get => Has("ice-lite");
        set => WriteFlag("ice-lite", value);
    }

    /// <summary>What stands after <c>a=msid-semantic:</c>, such as "WMS *"; obsolete, old browsers look for it.</summary>
    public string? MsidSemantic
    {
        // Chromium writes a space after the colon, and so do we.
        get => Value("msid-semantic")?.TrimStart(' ');
        set => Write("msid-semantic", value is null ? null : " " + value);
    }

    /// <summary>The identity assertion (RFC 8827 §5); verbatim.</summary>
    public string? Identity
    {
        get => Value("identity");
        set => Write("identity", value);
    }

    /// <summary>The section that bears a mid; null when none does.</summary>
    public MediaDescription? MediaByMid(string mid) => Media.Find(media => media.Mid == mid);

    /// <summary>The BUNDLE group that holds a mid; null when none does.</summary>
    public IReadOnlyList<string>? BundleGroupOf(string mid)
    {
        foreach (var group in BundleGroups)
        {
            if (group.Contains(mid))
            {
                return group;
            }
        }

        return null;
    }

    /// <summary>The section's ICE user name fragment, else the session's.</summary>
    public string? IceUfragOf(MediaDescription media) => media.IceUfrag ?? IceUfrag;

    /// <summary>The section's ICE password, else the session's.</summary>
    public string? IcePwdOf(MediaDescription media) => media.IcePwd ?? IcePwd;

    /// <summary>The session's ICE options and the section's.</summary>
    public IReadOnlyList<string> IceOptionsOf(MediaDescription media) => [.. IceOptions.Union(media.IceOptions)];

    /// <summary>The section's fingerprints, else the session's (RFC 8122 §5).</summary>
    public IReadOnlyList<Fingerprint> FingerprintsOf(MediaDescription media) =>
        media.Has("fingerprint") ? media.Fingerprints : Fingerprints;

    /// <summary>The section's DTLS role, else the session's.</summary>
    public SetupRole? SetupOf(MediaDescription media) => media.Setup ?? Setup;

    /// <summary>The section's tls-id, else the session's.</summary>
    public string? TlsIdOf(MediaDescription media) => media.TlsId ?? TlsId;

    /// <summary>The section's direction, else the session's, else sendrecv (RFC 8866 §6.7).</summary>
    public MediaDirection DirectionOf(MediaDescription media) => media.WrittenDirection ?? WrittenDirection ?? MediaDirection.SendRecv;

    /// <summary>The section's header extensions and the session's.</summary>
    public IReadOnlyList<ExtMap> ExtMapsOf(MediaDescription media) => [.. media.ExtMaps, .. ExtMaps];

    /// <summary>Whether one- and two-byte header extensions may be mixed in the section.</summary>
    public bool ExtMapAllowMixedOf(MediaDescription media) => media.ExtMapAllowMixed || ExtMapAllowMixed;

    /// <summary>The section's connection, else the session's.</summary>
    public SdpConnection? ConnectionOf(MediaDescription media) => media.Connection ?? Connection;
}
