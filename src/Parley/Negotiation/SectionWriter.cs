using Parley.Sdp;

namespace Parley;

/// <summary>Writes the lines of m= sections that offers and answers share (RFC 9429 §5.2.1, §5.3.1).</summary>
internal static class SectionWriter
{
    public const string RtpProtocol = "UDP/TLS/RTP/SAVPF";
    public const string SctpProtocol = "UDP/DTLS/SCTP";

    /// <summary>The port before a candidate is known (RFC 9429 §5.2.1).</summary>
    public const int DiscardPort = 9;

    public static MediaDescription Create(string kind, int port, string protocol, params IEnumerable<string> formats)
    {
        var media = new MediaDescription(kind, port, protocol, formats)
        {
            Connection = new SdpConnection("0.0.0.0"),
        };
        return media;
    }

    /// <summary>
    /// The lines of the transport, which every section has as browsers write it, whether it is bundled or not (docs/negotiation.md,
    /// "Deliberate deviations").
    /// </summary>
    public static void AddTransport(this MediaDescription media, PeerTransport transport, Ice.IceCredentials credentials, string setup)
    {
        if (media.Kind != "application")
        {
            media.Add("rtcp", "9 IN IP4 0.0.0.0");
        }

        media.Add("ice-ufrag", credentials.UsernameFragment);
        media.Add("ice-pwd", credentials.Password);
        media.Add("ice-options", "trickle");
        foreach (var fingerprint in transport.LocalFingerprints)
        {
            media.Add("fingerprint", fingerprint.ToString());
        }

        media.Add("setup", setup);
    }

    /// <summary>What a rejected section says after its mid.</summary>
    public static void AddRejection(this MediaDescription media, bool mux, bool reducedSize)
    {
        if (media.Kind != "application")
        {
            media.Add("inactive");
            media.AddRtcp(mux, reducedSize);
        }
    }

    /// <summary>RTCP on the port of RTP (RFC 8858), and in reduced size (RFC 5506 §5).</summary>
    public static void AddRtcp(this MediaDescription media, bool mux, bool reducedSize)
    {
        if (mux)
        {
            media.Add("rtcp-mux");
        }

        if (reducedSize)
        {
            media.Add("rtcp-rsize");
        }
    }

    /// <summary>A header extension; that it goes both ways needs no word (RFC 8285 §5).</summary>
    public static void AddExtension(this MediaDescription media, int id, string uri, RtpTransceiverDirection direction) =>
        media.Add("extmap", direction == RtpTransceiverDirection.SendRecv ? $"{id} {uri}" : $"{id}/{direction.ToW3CName()} {uri}");

    /// <summary>
    /// The streams of what is sent, and its track (RFC 8830 §2): two fields always, as browsers write them and older peers require.
    /// </summary>
    public static void AddStreams(this MediaDescription media, RtpSender sender)
    {
        foreach (var id in sender.StreamIds.DefaultIfEmpty(MediaStreamIdAttribute.NoStream))
        {
            media.Add("msid", $"{id} {sender.TrackIdForSdp}");
        }
    }

    /// <summary>The lines of the session level after the groups. The streams are named there for peers that look for them.</summary>
    public static void AddSessionOptions(this SdpDocument document, IEnumerable<MediaSection> sections, bool allowMixed)
    {
        if (allowMixed)
        {
            document.Attributes.Add(new SdpAttribute("extmap-allow-mixed", null));
        }

        var streams = sections.Where(section =>
            section is { IsRejected: false, Transceiver.DirectionSlot: var direction } && direction.Sends())
            .SelectMany(section => section.Transceiver!.Sender.StreamIds)
            .Distinct();
        document.Attributes.Add(new SdpAttribute("msid-semantic", string.Join(' ', streams.Prepend(" WMS"))));
    }

    /// <summary>The encodings told apart by name (RFC 8851, RFC 8853): each direction's rids, and one line for both.</summary>
    public static void AddSimulcast(this MediaDescription media, IReadOnlyList<string> sent, IReadOnlyList<string> received)
    {
        var directions = new List<string>();
        foreach (var (name, rids) in ((string, IReadOnlyList<string>)[])[("send", sent), ("recv", received)])
        {
            foreach (var rid in rids)
            {
                media.Add("rid", $"{rid} {name}");
            }

            if (rids.Count > 0)
            {
                directions.Add($"{name} {string.Join(';', rids)}");
            }
        }

        if (directions.Count > 0)
        {
            media.Add("simulcast", string.Join(' ', directions));
        }
    }

    /// <summary>The source of the one encoding that is sent (RFC 5576).</summary>
    public static void AddSender(this MediaDescription media, RtpSender sender, string cname, bool withRtx)
    {
        var flow = sender.Flow;
        if (withRtx)
        {
            media.Add("ssrc-group", $"FID {flow.Ssrc} {flow.RtxSsrc}");
        }

        // The stream once more in each source's own lines, where peers before RFC 8830 look for it.
        var msid = $"{sender.StreamIds.FirstOrDefault(MediaStreamIdAttribute.NoStream)} {sender.TrackIdForSdp}";
        foreach (var ssrc in (uint[])(withRtx ? [flow.Ssrc, flow.RtxSsrc] : [flow.Ssrc]))
        {
            media.Add("ssrc", $"{ssrc} cname:{cname}");
            media.Add("ssrc", $"{ssrc} msid:{msid}");
        }
    }

    /// <summary>What is said of SCTP (RFC 8841), with the INIT of this side when there is one to be told.</summary>
    public static void AddDataChannels(this MediaDescription media, byte[]? init)
    {
        media.Add("sctp-port", "5000");
        media.Add("max-message-size", SctpTransport.LocalMaxMessageSize.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (init is not null)
        {
            media.SctpInit = init;
        }
    }
}
