using Parley.Sdp;

namespace Parley;

// Which sections share a transport (RFC 8843), and which of them speaks for it.
public sealed partial class PeerConnection
{
    /// <summary>
    /// The bundle policy that counts. On a shared port one username fragment names one transport, so that everything is bundled.
    /// </summary>
    internal BundlePolicy BundlePolicy => _configuration.SharedPort is null ? _configuration.BundlePolicy : BundlePolicy.MaxBundle;

    /// <summary>
    /// Whether an answer may leave sections that share a transport in the offer without a group. A group that is established stays ("Answer
    /// cannot remove m= section [...] from already-established BUNDLE group", says Chromium), and with max-bundle it counts as established
    /// from the first offer on.
    /// </summary>
    internal bool CanUnbundle =>
        !_stableBundleEstablished && (_configuration.SharedPort is not null || _configuration.BundlePolicy != BundlePolicy.MaxBundle);

    /// <summary>
    /// Writes what each transport has gathered into the one section that has its candidates. True: the description says more now.
    /// </summary>
    internal bool WriteCandidates(SdpDocument document, IReadOnlyList<MediaSection> sections)
    {
        var saysMore = false;
        foreach (var transport in sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct())
        {
            if (SectionWithCandidates(transport, document, sections) is { } section
                && document.IceUfragOf(document.Media[section.Index]) is { } ufrag)
            {
                saysMore |= transport.WriteCandidates(document.Media[section.Index], ufrag);
            }
        }

        return saysMore;
    }

    /// <summary>
    /// The section that has the candidates of a transport: the one that its group is tagged by, else its first. A peer that does not bundle
    /// would take those of another section for the section's own, and browsers write them once too.
    /// </summary>
    private static MediaSection? SectionWithCandidates(PeerTransport transport, SdpDocument document, IEnumerable<MediaSection> sections)
    {
        MediaSection? first = null;
        foreach (var section in sections.Where(section => section.Transport == transport && section.Index < document.Media.Count))
        {
            if (document.BundleGroupOf(section.Mid) is { } group && group[0] == section.Mid)
            {
                return section;
            }

            first ??= section;
        }

        return first;
    }

    /// <summary>
    /// Sections that share a transport by this side's policy, and that the answer puts into no common group, get one of their own, with the
    /// credentials that the offer has in each section. On a shared port one username fragment names one transport: there such a section
    /// counts as rejected (docs/single-port.md).
    /// </summary>
    private void SeparateUnbundled(SdpDocument answer)
    {
        foreach (var section in _sections.ToArray())
        {
            // The peer knows the candidates of a transport as those of the transport's first section.
            if (section.Transport is not { } shared || answer.Media[section.Index].IsRejected || !IsTagged(section, answer)
                || _offeredSections.Find(other => other.Transport == shared)!.Index == section.Index)
            {
                continue;
            }

            if (_configuration.SharedPort is not null)
            {
                answer.Media[section.Index].BundleOnly = false;
                answer.Media[section.Index].Port = 0;
                _sections[section.Index] = section with { IsAliveAtPeer = true };
                continue;
            }

            var own = new PeerTransport(this, shared.LocalCredentials);
            _sections[section.Index] = _offeredSections[section.Index] = section with { Transport = own };
            Adopt(own);
            own.SetInitialRole(controlling: true);
            own.ApplyLocal(own.LocalCredentials);
        }
    }

    private bool IsTagged(MediaSection section, SdpDocument answer) =>
        answer.BundleGroupOf(section.Mid) is not { } group || TaggedOf(group, answer) is not { } tagged || tagged.Mid == section.Mid;

    /// <summary>After an answer, the sections of a group share the transport of the group's first section (RFC 8843 §7.5).</summary>
    private void ResolveBundle(SdpDocument answer)
    {
        for (var i = 0; i < _sections.Count; i++)
        {
            var isRejected = _sections[i].IsRejected || answer.Media[i].IsRejected;
            if (isRejected)
            {
                _sections[i] = _sections[i] with { IsRejected = true, Transport = null };
            }
            else if (answer.BundleGroupOf(_sections[i].Mid) is { } group && TaggedOf(group, answer)?.Transport is { } shared)
            {
                _sections[i] = _sections[i] with { Transport = shared };
            }
        }

        IsBundleEstablished = answer.BundleGroups.Count > 0;
    }

    /// <summary>The first section of a group that is alive: a peer may list rejected ones, though it must not.</summary>
    private MediaSection? TaggedOf(IReadOnlyList<string> group, SdpDocument answer) => group
        .Select(mid => _sections.Find(section => section.Mid == mid))
        .FirstOrDefault(section => section is { IsRejected: false, Transport: not null } && !answer.Media[section.Index].IsRejected);
}
