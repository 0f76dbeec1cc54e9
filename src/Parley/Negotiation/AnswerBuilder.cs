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
        var media = new List<MediaDescription>();
        for (var i = 0; i < offer.Media.Count; i++)
        {
            media.Add(Write(connection.Sections[i], offer, offer.Media[i]));
        }

        foreach (var group in offer.BundleGroups)
        {
            var accepted = group.Where(mid => _sections.Any(section => section.Mid == mid && !section.IsRejected)).ToArray();
            if (accepted.Length > 0)
            {
                document.Attributes.Add(new SdpAttribute("group", $"BUNDLE {string.Join(' ', accepted)}"));
            }
        }

        document.Attributes.Add(new SdpAttribute("extmap-allow-mixed", null));
        document.Attributes.Add(new SdpAttribute("msid-semantic", "WMS *"));
        document.Media.AddRange(media);
        return new CreatedDescription(new SessionDescription(SdpType.Answer, document.ToString()), _sections, connection.DescriptionVersion);
    }

    private MediaDescription Write(MediaSection section, SdpDocument offer, MediaDescription offered)
    {
        var codecs = section.Transceiver is { } transceiver ? connection.AnsweredCodecs(transceiver, offered) : [];
        var isRejected = section.IsRejected
            || section.Transport is null
            || (section.IsData ? !offered.Protocol.Contains("DTLS/SCTP", StringComparison.OrdinalIgnoreCase) : section.Transceiver is null or { IsStopped: true } || codecs.All(codec => CodecCatalog.IsAuxiliaryName(codec.Name)));
        if (isRejected)
        {
            _sections.Add(section with { IsRejected = true, Transport = null });
            var rejected = SectionWriter.Create(offered.Kind, 0, offered.Protocol, offered.Formats);
            rejected.Add("mid", section.Mid);
            if (!section.IsData)
            {
                rejected.Add("inactive");
            }

            return rejected;
        }

        _sections.Add(section);
        var setup = connection.AnsweredSetup(section.Transport!, offer, offered);
        var credentials = section.Transport!.LocalCredentialsFor(offer, offered);
        if (section.IsData)
        {
            var data = SectionWriter.Create(offered.Kind, SectionWriter.PortFor(zero: false), offered.Protocol, offered.Formats);
            data.AddTransport(section.Transport, credentials, setup, rtcpMux: false, rtcpReducedSize: false);
            data.Add("mid", section.Mid);
            data.AddDataChannels();
            return data;
        }

        return WriteRtp(section, offer, offered, codecs, setup, credentials);
    }

    private MediaDescription WriteRtp(MediaSection section, SdpDocument offer, MediaDescription offered, IReadOnlyList<CodecDescription> codecs, string setup, Ice.IceCredentials credentials)
    {
        var transceiver = section.Transceiver!;
        var media = SectionWriter.Create(offered.Kind, SectionWriter.PortFor(zero: false), offered.Protocol);
        media.AddTransport(section.Transport!, credentials, setup, offered.RtcpMux, offered.RtcpReducedSize);
        media.Add("mid", section.Mid);
        var known = CodecCatalog.Extensions(transceiver.Kind);
        foreach (var extension in offered.ExtMaps.Where(extension => known.Contains(extension.Uri)))
        {
            media.Add("extmap", $"{extension.Id} {extension.Uri}");
        }

        var direction = transceiver.DirectionSlot.Intersect(offer.TransceiverDirectionOf(offered).Reverse());
        media.Add(direction.ToW3CName());
        foreach (var codec in codecs)
        {
            codec.AddTo(media);
        }

        if (transceiver.DirectionSlot.Sends())
        {
            // RFC 9429 §5.3.1: msid lines follow the transceiver's direction, not the answer's; "check if negotiation is needed" looks for them.
            // Simulcast goes out only where the offer asks to receive it.
            var wanted = direction.Sends() ? offered.SimulcastRids(toReceive: true) : [];
            var rids = transceiver.Sender.SendEncodings.Select(encoding => encoding.Rid).OfType<string>().Where(wanted.Contains).ToArray();
            media.AddSender(transceiver.Sender, connection.Cname, codecs.Any(codec => codec.Is("rtx")), rids);
        }

        if (direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly && offered.SimulcastRids(toReceive: false) is { Count: > 0 } offeredRids)
        {
            foreach (var rid in offeredRids)
            {
                media.Add("rid", $"{rid} recv");
            }

            media.Add("simulcast", $"recv {string.Join(';', offeredRids)}");
        }

        return media;
    }
}
