using Parley.Sdp;

namespace Parley;

/// <summary>
/// The ids of header extensions keep their meaning (RFC 8285 §6): a packet on its way would be read wrong. Those of the answer in force
/// bind both sides; an answer is bound by its offer too. Chromium refuses the same.
/// </summary>
internal sealed class ExtensionContinuity(PeerConnection connection, SdpDocument document, bool isOffer)
{
    public void Check()
    {
        var sections = isOffer ? connection.Sections : connection.OfferedSections;
        for (var i = 0; i < Math.Min(sections.Count, document.Media.Count); i++)
        {
            // What takes the place of a rejected section begins anew.
            if (!document.Media[i].IsRejected && (document.Media[i].Mid ?? sections[i].Mid) == sections[i].Mid)
            {
                CheckSection(sections[i], document.Media[i]);
            }
        }
    }

    private void CheckSection(MediaSection section, MediaDescription said)
    {
        var negotiated = MeaningsIn(connection.MostRecentAnswer, section);
        var offered = MeaningsIn(isOffer ? null : connection.PendingLocal?.Document, section);
        foreach (var extension in document.ExtMapsOf(said))
        {
            var uri = extension.EffectiveUri();
            if (negotiated.Other(extension.Id, uri) is { } before)
            {
                throw Invalid(section, extension, before);
            }

            // One that was not offered is ignored whatever its number: servers write lists of their own, and no packet is read by them.
            if (offered.Uris.Contains(uri) && offered.Other(extension.Id, uri) is { } asked)
            {
                throw Invalid(section, extension, asked);
            }
        }
    }

    private static RtcException Invalid(MediaSection section, ExtMap extension, string other) =>
        DescriptionValidator.Invalid(
            $"Section {section.Index} gives the extension id {extension.Id} to {extension.Uri}; it is that of {other}.");

    private static Meanings MeaningsIn(SdpDocument? description, MediaSection section) =>
        new(description?.MediaByMid(section.Mid) is { IsRejected: false } media ? [.. description.UsableExtMapsOf(media)] : []);

    private readonly struct Meanings(ExtMap[] extensions)
    {
        public IEnumerable<string> Uris => extensions.Select(extension => extension.EffectiveUri());

        /// <summary>What else the id means; null when it means nothing, or this too.</summary>
        public string? Other(int id, string uri)
        {
            var meanings = extensions.Where(extension => extension.Id == id).Select(extension => extension.EffectiveUri()).ToArray();
            return meanings.Contains(uri) ? null : meanings.FirstOrDefault();
        }
    }
}
