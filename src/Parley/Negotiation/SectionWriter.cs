using Parley.Sdp;

namespace Parley;

/// <summary>Writes the lines of m= sections that offers and answers share (RFC 9429 §5.2.1, §5.3.1).</summary>
internal static class SectionWriter
{
    public const string RtpProtocol = "UDP/TLS/RTP/SAVPF";
    public const string SctpProtocol = "UDP/DTLS/SCTP";
    private const int DiscardPort = 9;

    public static MediaDescription Create(string kind, int port, string protocol, params IEnumerable<string> formats)
    {
        var media = new MediaDescription(kind, port, protocol, formats)
        {
            Connection = new SdpConnection("0.0.0.0"),
        };
        return media;
    }

    /// <summary>The port before a candidate is known (RFC 9429 §5.2.1).</summary>
    public static int PortFor(bool zero) => zero ? 0 : DiscardPort;

    public static void AddTransport(this MediaDescription media, PeerTransport transport, Ice.IceCredentials credentials, string setup, bool rtcpMux, bool rtcpReducedSize, string? tlsId)
    {
        media.Add("ice-ufrag", credentials.UsernameFragment);
        media.Add("ice-pwd", credentials.Password);
        foreach (var fingerprint in transport.LocalFingerprints)
        {
            media.Add("fingerprint", fingerprint.ToString());
        }

        media.Add("setup", setup);
        if (tlsId is not null)
        {
            media.Add("tls-id", tlsId);
        }

        media.AddRtcp(rtcpMux, rtcpReducedSize);
        transport.WriteCandidates(media, credentials);
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

    /// <summary>The streams of what is sent (RFC 8830); RFC 9429 §5.2.1 has the track's id left out.</summary>
    public static void AddStreams(this MediaDescription media, RtpSender sender)
    {
        foreach (var id in sender.StreamIds.DefaultIfEmpty(MediaStreamIdAttribute.NoStream))
        {
            media.Add("msid", id);
        }
    }

    /// <summary>
    /// Lip sync groups (RFC 5888 §7): the sections whose tracks share a stream (RFC 9429 §5.2.1). Those of the most recent answer "MUST continue to exist and
    /// MUST contain any previously existing MID identifiers" of sections that are alive (§5.2.2).
    /// </summary>
    public static void AddLipSync(this SdpDocument document, IReadOnlyList<MediaSection> sections, SdpDocument? answer)
    {
        var alive = sections.Where(section => section is { IsRejected: false, Transceiver: not null }).ToArray();
        List<HashSet<string>> groups =
        [
            .. from stream in alive.SelectMany(section => section.Transceiver!.Sender.StreamIds).Distinct()
               select alive.Where(section => section.Transceiver!.Sender.StreamIds.Contains(stream)).Select(section => section.Mid).ToHashSet(),
        ];
        var kept = answer?.Groups.Where(group => group.Semantics == "LS").Select(group => alive.Select(section => section.Mid).Where(group.Mids.Contains).ToHashSet()) ?? [];
        groups.AddRange(kept.ToArray().Where(group => !groups.Exists(group.IsSubsetOf)));
        foreach (var group in groups.Where(group => group.Count > 1).Select(group => $"LS {string.Join(' ', alive.Select(section => section.Mid).Where(group.Contains))}").Distinct())
        {
            document.Attributes.Add(new SdpAttribute("group", group));
        }
    }

    /// <summary>The encodings told apart by name, of those more than one (RFC 8851, RFC 8853): each direction's rids, and one line for both.</summary>
    public static void AddSimulcast(this MediaDescription media, IReadOnlyList<string> sent, IReadOnlyList<string> received)
    {
        var directions = new List<string>();
        foreach (var (name, rids) in ((string, IReadOnlyList<string>)[])[("send", sent.Count > 1 ? sent : []), ("recv", received)])
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

        media.Add("ssrc", $"{flow.Ssrc} cname:{cname}");
        if (withRtx)
        {
            media.Add("ssrc", $"{flow.RtxSsrc} cname:{cname}");
        }
    }

    /// <summary>How much sound one packet may hold (RFC 9429 §5.2.1): "the smallest of the maximum duration values across all the codecs", which is that of Opus.</summary>
    public static void AddMaxPacketTime(this MediaDescription media)
    {
        if (media.Kind == "audio")
        {
            media.Add("maxptime", "120");
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
