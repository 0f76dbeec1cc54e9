using Parley.Sdp;

namespace Parley;

/// <summary>
/// Which sections of an offer the answer rejects, and why: the conditions of RFC 9429 §5.3.1 in their order, but for the last. Where a
/// group's tagged section is rejected, the others live on, as with browsers (RFC 9143 §7.3.3 has the answerer tag another).
/// </summary>
internal sealed class AnswerRejections(PeerConnection connection, SdpDocument offer)
{
    public bool[] Find()
    {
        var rejected = new bool[offer.Media.Count];
        for (var i = 0; i < rejected.Length; i++)
        {
            rejected[i] = IsUnusable(connection.OfferedSections[i], offer.Media[i]) || IsAgainstBundlePolicy(i);
        }

        return rejected;
    }

    private bool IsUnusable(MediaSection section, MediaDescription offered)
    {
        if (section.IsRejected || section.Transport is null)
        {
            return true;
        }

        return !section.IsData
            && (section.Transceiver is not { IsStopped: false } transceiver
                || connection.AnsweredCodecs(transceiver, offered).All(codec => CodecCatalog.IsAuxiliaryName(codec.Name)));
    }

    private bool IsAgainstBundlePolicy(int index)
    {
        var offered = offer.Media[index];
        var first = connection.BundlePolicy switch
        {
            BundlePolicy.MaxBundle => offer.Media.Find(media => !media.IsRejected),
            BundlePolicy.Balanced => offer.Media.Find(media => !media.IsRejected && media.Kind == offered.Kind),
            _ => null,
        };
        return first is not null
            && !ReferenceEquals(first, offered)
            && (GroupOf(first) is not { } group || offered.Mid is null || !group.Contains(offered.Mid));
    }

    private IReadOnlyList<string>? GroupOf(MediaDescription media) => media.Mid is { } mid ? offer.BundleGroupOf(mid) : null;
}
