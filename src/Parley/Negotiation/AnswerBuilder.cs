using Parley.Sdp;

namespace Parley;

/// <summary>Makes an answer to the pending remote offer (RFC 9429 §5.3). Runs with the gate held.</summary>
internal sealed class AnswerBuilder(PeerConnection connection)
{
    private readonly List<MediaSection> _sections = [];

    public CreatedDescription Build()
    {
        var offer = connection.PendingRemote!.Document;
        var document = connection.NewLocalDocument();
        var rejected = new AnswerRejections(connection, offer).Find();
        var media = new List<MediaDescription>();
        for (var i = 0; i < offer.Media.Count; i++)
        {
            media.Add(rejected[i]
                ? WriteRejected(i, offer, Array.IndexOf(rejected, false))
                : Write(connection.OfferedSections[i], offer, offer.Media[i]));
        }

        foreach (var group in offer.BundleGroups)
        {
            var accepted = group.Where(mid => _sections.Any(section => section.Mid == mid && !section.IsRejected)).ToArray();
            if (accepted.Length > 0)
            {
                document.Attributes.Add(new SdpAttribute("group", $"BUNDLE {string.Join(' ', accepted)}"));
            }
        }

        // RFC 8285 §6: only what was offered may be mixed.
        document.AddSessionOptions(
            _sections, offer.ExtMapAllowMixed || (offer.Media.Count > 0 && offer.Media.All(section => section.ExtMapAllowMixed)));
        document.Media.AddRange(media);
        connection.WriteCandidates(document, _sections);
        return new CreatedDescription(new SessionDescription(SdpType.Answer, document.ToString()), _sections, connection.DescriptionVersion)
        {
            OfferText = connection.PendingRemote.GivenText,
        };
    }

    /// <summary>A rejected section, with the lines of the transport of an accepted one: a peer may refuse a section without them.</summary>
    private MediaDescription WriteRejected(int index, SdpDocument offer, int accepted)
    {
        var offered = offer.Media[index];
        _sections.Add(connection.OfferedSections[index] with { IsRejected = true, Transport = null });
        var media = SectionWriter.Create(offered.Kind, 0, offered.Protocol, offered.Formats);
        if (accepted >= 0 && connection.OfferedSections[accepted].Transport is { } transport)
        {
            var tagged = offer.TaggedSectionOf(offer.Media[accepted]);
            media.AddTransport(transport, transport.LocalCredentialsFor(offer, tagged), connection.AnsweredSetup(transport, offer, tagged));
        }

        AddMid(media, offered);
        media.AddRejection(offered.RtcpMux, offered.RtcpReducedSize);
        return media;
    }

    private MediaDescription Write(MediaSection section, SdpDocument offer, MediaDescription offered)
    {
        _sections.Add(section);
        var tagged = offer.TaggedSectionOf(offered);
        var setup = connection.AnsweredSetup(section.Transport!, offer, tagged);
        var credentials = section.Transport!.LocalCredentialsFor(offer, tagged);
        if (section.IsData)
        {
            var data = SectionWriter.Create(offered.Kind, SectionWriter.DiscardPort, offered.Protocol, offered.Formats);
            data.AddTransport(section.Transport, credentials, setup);
            AddMid(data, offered);
            data.AddDataChannels(connection.AnsweredSctpInit(section.Transport, offer, offered));
            return data;
        }

        return WriteRtp(section, offer, offered, connection.AnsweredCodecs(section.Transceiver!, offered), setup, credentials);
    }

    private MediaDescription WriteRtp(
        MediaSection section, SdpDocument offer, MediaDescription offered, IReadOnlyList<CodecDescription> codecs, string setup,
        Ice.IceCredentials credentials)
    {
        var transceiver = section.Transceiver!;
        var media = SectionWriter.Create(offered.Kind, SectionWriter.DiscardPort, offered.Protocol);
        media.AddTransport(section.Transport!, credentials, setup);
        AddMid(media, offered);
        foreach (var extension in offer.UsableExtMapsOf(offered))
        {
            // webrtc-extensions §5.1: "set the appropriate direction [...] that does not exceed the direction in the offer".
            if (transceiver.HeaderExtensionsToNegotiate.FirstOrDefault(
                known => known.Uri == extension.Uri) is { Direction: not RtpTransceiverDirection.Stopped } wanted)
            {
                media.AddExtension(extension.Id, extension.Uri, wanted.Direction.Intersect(extension.TransceiverDirection().Reverse()));
            }
        }

        var direction = transceiver.DirectionSlot.Intersect(offer.TransceiverDirectionOf(offered).Reverse());
        media.Add(direction.ToW3CName());

        // RFC 9429 §5.3.1: msid lines follow the transceiver's direction, not the answer's; "check if negotiation is needed" looks for
        // them.
        if (transceiver.DirectionSlot.Sends() || connection.HasStreamsInForce(section))
        {
            media.AddStreams(transceiver.Sender);
        }

        media.AddRtcp(offered.RtcpMux || offer.TaggedSectionOf(offered).RtcpMux, offered.RtcpReducedSize);
        foreach (var codec in codecs)
        {
            codec.AddTo(media);
        }

        // Which encodings there are is agreed on whatever the direction: a call that is held has them when it goes on.
        var asked = offer.SimulcastRidsOf(offered, toReceive: true);
        var encodings = transceiver.Sender.SendEncodings;
        string[] rids = [.. encodings.Select(encoding => encoding.Rid).OfType<string>().Where(asked.Contains)];

        // One of several that the peer goes on with needs its name said, or nobody would know which it is.
        var sent = encodings.Count > 1 ? rids : [];
        media.AddSimulcast(sent, offer.SimulcastRidsOf(offered, toReceive: false));
        if (transceiver.DirectionSlot.Sends() && sent.Length == 0)
        {
            media.AddSender(transceiver.Sender, connection.Cname, codecs.Any(codec => codec.Is("rtx")));
        }

        return media;
    }

    // RFC 9429 §5.3.1: "If and only if present in the offer, an 'a=mid' line".
    private static void AddMid(MediaDescription media, MediaDescription offered)
    {
        if (offered.Mid is { } mid)
        {
            media.Add("mid", mid);
        }
    }
}
