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

    public static void AddTransport(this MediaDescription media, PeerTransport transport, Ice.IceCredentials credentials, string setup, bool rtcpMux, bool rtcpReducedSize)
    {
        media.Add("ice-ufrag", credentials.UsernameFragment);
        media.Add("ice-pwd", credentials.Password);
        media.Add("ice-options", "trickle");
        foreach (var fingerprint in transport.LocalFingerprints)
        {
            media.Add("fingerprint", fingerprint.ToString());
        }

        media.Add("setup", setup);
        if (rtcpMux)
        {
            media.Add("rtcp-mux");
        }

        if (rtcpReducedSize)
        {
            media.Add("rtcp-rsize");
        }

        transport.WriteCandidates(media, credentials);
    }

    /// <summary>The lines of what is sent: msid (RFC 8830), ssrc (RFC 5576), rid and simulcast (RFC 8851, RFC 8853).</summary>
    public static void AddSender(this MediaDescription media, RtpSender sender, string cname, bool withRtx, IReadOnlyList<string> rids)
    {
        foreach (var id in sender.StreamIds.DefaultIfEmpty("-"))
        {
            media.Add("msid", $"{id} {sender.TrackIdForSdp}");
        }

        if (rids.Count > 1)
        {
            foreach (var rid in rids)
            {
                media.Add("rid", $"{rid} send");
            }

            media.Add("simulcast", $"send {string.Join(';', rids)}");
            return;
        }

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

    public static void AddDataChannels(this MediaDescription media)
    {
        media.Add("sctp-port", "5000");
        media.Add("max-message-size", SctpTransport.LocalMaxMessageSize.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
