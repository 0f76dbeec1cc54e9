namespace Parley.Sdp;

public sealed partial class MediaDescription
{
    /// <summary>The section's name (RFC 5888 §4); null where not written, or empty.</summary>
    public string? Mid
    {
        get
        {
            foreach (var attribute in Attributes)
            {
                if (attribute is { Name: "mid", Value.Length: > 0 })
                {
                    return attribute.Value;
                }
            }

            return null;
        }
        set => Write("mid", value);
    }

    /// <summary>
    /// The direction, sendrecv where none is written here. <see cref="SdpDocument.DirectionOf"/> looks at the session level too.
    /// </summary>
    public MediaDirection Direction
    {
        get => WrittenDirection ?? MediaDirection.SendRecv;
        set => WrittenDirection = value;
    }

    /// <summary>RTCP comes on the RTP port (RFC 5761 §5.1.1).</summary>
    public bool RtcpMux
    {
        get => Has("rtcp-mux");
        set => WriteFlag("rtcp-mux", value);
    }

    /// <summary>RTCP must come on the RTP port (RFC 8858).</summary>
    public bool RtcpMuxOnly
    {
        get => Has("rtcp-mux-only");
        set => WriteFlag("rtcp-mux-only", value);
    }

    /// <summary>Reduced-size RTCP is understood (RFC 5506 §5).</summary>
    public bool RtcpReducedSize
    {
        get => Has("rtcp-rsize");
        set => WriteFlag("rtcp-rsize", value);
    }

    /// <summary>Only usable within its BUNDLE group (RFC 8843 §6).</summary>
    public bool BundleOnly
    {
        get => Has("bundle-only");
        set => WriteFlag("bundle-only", value);
    }

    /// <summary>Where RTCP goes without multiplexing.</summary>
    public RtcpAttribute? Rtcp
    {
        get => ReadFirst<RtcpAttribute>("rtcp", RtcpAttribute.TryParse);
        set => Write("rtcp", value?.ToString());
    }

    /// <summary>What the payload types mean.</summary>
    public IReadOnlyList<RtpMap> RtpMaps
    {
        get => ReadAll<RtpMap>("rtpmap", RtpMap.TryParse);
        set => WriteAll("rtpmap", value);
    }

    /// <summary>
    /// The most bits per second that its sender of RTP may send (<c>b=TIAS</c>, RFC 3890), or, without it, what <c>b=AS</c> leaves of its
    /// kilobits by the formula of RFC 9429 §5.10; null where neither is given.
    /// </summary>
    public ulong? MaxRtpBitrate
    {
        get
        {
            ulong? Of(string type) =>
                Bandwidths.Where(bandwidth => bandwidth.Type == type).Select(bandwidth => (ulong?)bandwidth.Value).FirstOrDefault();
            return Of("TIAS") ?? (Of("AS") is { } kilobits ? (ulong)Math.Max(0, kilobits * 1000.0 * 0.95 - 50 * 40 * 8) : null);
        }
    }

    /// <summary>The payload types' parameters.</summary>
    public IReadOnlyList<FormatParameters> FormatParameters
    {
        get => ReadAll<FormatParameters>("fmtp", Parley.Sdp.FormatParameters.TryParse);
        set => WriteAll("fmtp", value);
    }

    /// <summary>The payload types' feedback.</summary>
    public IReadOnlyList<RtcpFeedback> RtcpFeedback
    {
        get => ReadAll<RtcpFeedback>("rtcp-fb", Parley.Sdp.RtcpFeedback.TryParse);
        set => WriteAll("rtcp-fb", value);
    }

    /// <summary>The ICE candidates.</summary>
    public IReadOnlyList<CandidateAttribute> Candidates
    {
        get => ReadAll<CandidateAttribute>("candidate", CandidateAttribute.TryParse);
        set => WriteAll("candidate", [.. value.Select(candidate => candidate.ToValue())]);
    }

    /// <summary>The streams and the track of the section's media.</summary>
    public IReadOnlyList<MediaStreamIdAttribute> MediaStreamIds
    {
        get => ReadAll<MediaStreamIdAttribute>("msid", MediaStreamIdAttribute.TryParse);
        set => WriteAll("msid", value);
    }

    /// <summary>The properties of the RTP sources.</summary>
    public IReadOnlyList<SsrcAttribute> Ssrcs
    {
        get => ReadAll<SsrcAttribute>("ssrc", SsrcAttribute.TryParse);
        set => WriteAll("ssrc", value);
    }

    /// <summary>The properties of the RTP sources, by source, in order of first mention.</summary>
    public IReadOnlyList<SsrcDescription> SsrcDescriptions
    {
        get
        {
            var places = new Dictionary<uint, int>();
            var sources = new List<SsrcDescription>();
            foreach (var line in Ssrcs)
            {
                if (!places.TryGetValue(line.Ssrc, out int place))
                {
                    place = sources.Count;
                    places.Add(line.Ssrc, place);
                    sources.Add(new SsrcDescription(line.Ssrc, null, null));
                }

                sources[place] = line.Name switch
                {
                    "cname" => sources[place] with { Cname = line.Value },
                    "msid" when MediaStreamIdAttribute.TryParse(line.Value, out var msid) => sources[place] with { MediaStreamId = msid },
                    _ => sources[place],
                };
            }

            return sources;
        }
    }

    /// <summary>The groups of RTP sources.</summary>
    public IReadOnlyList<SsrcGroup> SsrcGroups
    {
        get => ReadAll<SsrcGroup>("ssrc-group", SsrcGroup.TryParse);
        set => WriteAll("ssrc-group", value);
    }

    /// <summary>The restricted RTP streams.</summary>
    public IReadOnlyList<RidAttribute> Rids
    {
        get => ReadAll<RidAttribute>("rid", RidAttribute.TryParse);
        set => WriteAll("rid", value);
    }

    /// <summary>The simulcast streams.</summary>
    public SimulcastAttribute? Simulcast
    {
        get => ReadFirst<SimulcastAttribute>("simulcast", SimulcastAttribute.TryParse);
        set => Write("simulcast", value?.ToString());
    }

    /// <summary>
    /// The SCTP port (RFC 8841 §5), 0 to 65535; where it is not written, the port of an old <see cref="SctpMap"/>; null without both.
    /// </summary>
    public int? SctpPort
    {
        get => Value("sctp-port") is { } text ? (SdpNumber.TryInt32(text, ushort.MaxValue, out int port) ? port : null) : SctpMap?.Port;
        set => Write("sctp-port", value is { } port ? SdpNumber.ToText(port) : null);
    }

    /// <summary>The largest SCTP message taken, bytes (RFC 8841 §6); 0 for any size; null where not written, which means 64 KiB.</summary>
    public long? MaxMessageSize
    {
        get => SdpNumber.TryUInt64(Value("max-message-size"), out ulong size) ? (long)Math.Min(size, long.MaxValue) : null;
        set => Write("max-message-size", value is { } size ? SdpNumber.ToText(size) : null);
    }

    /// <summary>
    /// The bytes of the SCTP INIT chunk that spares a handshake (<c>sctp-init</c>, draft-hancke-tsvwg-snap); null where not written, or not
    /// in base64.
    /// </summary>
    public byte[]? SctpInit
    {
        get => Value("sctp-init") is { } text && SdpBase64.TryDecode(text, out var chunk) ? chunk : null;
        set => Write("sctp-init", value is null ? null : Convert.ToBase64String(value));
    }

    /// <summary>The SCTP port as drafts before RFC 8841 wrote it.</summary>
    public SctpMap? SctpMap
    {
        get => ReadFirst<SctpMap>("sctpmap", Parley.Sdp.SctpMap.TryParse);
        set => Write("sctpmap", value?.ToString());
    }

    /// <summary>The media time in a packet, milliseconds (RFC 8866 §6.4).</summary>
    public int? PacketTime
    {
        get => SdpNumber.TryInt32(Value("ptime"), int.MaxValue, out int time) ? time : null;
        set => Write("ptime", value is { } time ? SdpNumber.ToText(time) : null);
    }

    /// <summary>The most media time in a packet, milliseconds (RFC 8866 §6.5).</summary>
    public int? MaximumPacketTime
    {
        get => SdpNumber.TryInt32(Value("maxptime"), int.MaxValue, out int time) ? time : null;
        set => Write("maxptime", value is { } time ? SdpNumber.ToText(time) : null);
    }

    /// <summary>Keys in the description, SDES (RFC 4568): RFC 8827 §6.5 forbids it, so that a caller must see it.</summary>
    public bool HasCrypto => Has("crypto");

    /// <summary>Appends a candidate.</summary>
    public void AddCandidate(CandidateAttribute candidate) => Add("candidate", candidate.ToValue());
}
