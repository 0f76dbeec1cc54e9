using Parley.Ice;
using Parley.Media;
using Parley.Sdp;

namespace Parley;

/// <summary>Makes an offer of the connection's present state (RFC 9429 §5.2). Runs with the gate held.</summary>
internal sealed class OfferBuilder(PeerConnection connection, OfferOptions options)
{
    private readonly List<MediaSection> _sections = [];
    private readonly HashSet<string> _mids = new(connection.Sections.Select(section => section.Mid).Concat(connection.NegotiatedMids));
    private readonly Dictionary<PeerTransport, IceCredentials> _restarts = [];
    private readonly Dictionary<string, PeerTransport> _newTransports = [];
    private int _nextMid;

    public CreatedDescription Build()
    {
        PlanSections();
        if (options.IceRestart)
        {
            foreach (var transport in _sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct().Where(transport => transport.WasUsed))
            {
                _restarts[transport] = connection.NewCredentials();
            }
        }
        else
        {
            foreach (var transport in _sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct().Where(connection.MustReplaceCredentials))
            {
                _restarts[transport] = connection.NewCredentials();
            }
        }

        var document = connection.NewLocalDocument();
        document.Attributes.Add(new SdpAttribute("ice-options", "trickle ice2"));
        foreach (var bundled in BundleGroups().Where(mids => mids.Count > 0))
        {
            document.Attributes.Add(new SdpAttribute("group", $"BUNDLE {string.Join(' ', bundled)}"));
        }

        document.AddLipSync(_sections, connection.MostRecentAnswer);
        document.Attributes.Add(new SdpAttribute("extmap-allow-mixed", null));
        document.Attributes.Add(new SdpAttribute("msid-semantic", "WMS *"));
        foreach (var section in _sections)
        {
            document.Media.Add(Write(section));
        }

        return new CreatedDescription(new SessionDescription(SdpType.Offer, document.ToString()), _sections, connection.DescriptionVersion)
        {
            RestartCredentials = _restarts,
        };
    }

    private static string KindName(MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    /// <summary>
    /// RFC 9429 §5.2.2: the groups of the most recent answer, "minus any 'm=' sections that have been marked as rejected, plus any newly added".
    /// A peer that has not bundled is asked again.
    /// </summary>
    private List<List<string>> BundleGroups()
    {
        var alive = _sections.Where(section => !section.IsRejected).Select(section => section.Mid).ToArray();
        if (!connection.IsBundleEstablished || connection.MostRecentAnswer is not { BundleGroups.Count: > 0 } answer)
        {
            return [[.. OrderForBundle(alive)]];
        }

        List<List<string>> groups = [.. answer.BundleGroups.Select(group => group.Where(alive.Contains).ToList())];
        groups[0].AddRange(alive.Where(mid => answer.MediaByMid(mid) is null));
        return groups;
    }

    /// <summary>The offerer-tagged section is that of the first transceiver that is not stopped (webrtc-pc §4.4.2, createOffer).</summary>
    private IEnumerable<string> OrderForBundle(string[] mids)
    {
        var tagged = connection.Transceivers.FirstOrDefault(transceiver => !transceiver.IsStopping)?.Mid;
        return tagged is not null && !connection.IsBundleEstablished && mids.Contains(tagged) && _sections.First(section => section.Mid == tagged).Index == 0
            ? mids.OrderByDescending(mid => mid == tagged)
            : mids;
    }

    private void PlanSections()
    {
        var recyclable = new Queue<int>();
        foreach (var section in connection.Sections)
        {
            var isStopping = section.Transceiver is { IsStopping: true };
            if (section.IsRejected && connection.IsRejectedInCurrent(section.Index))
            {
                recyclable.Enqueue(_sections.Count);
            }

            _sections.Add(section.IsRejected || isStopping ? section with { IsRejected = true, Transport = null } : section);
        }

        if (_sections.Count == 0 && connection.GetConfiguration().AlwaysNegotiateDataChannels)
        {
            // webrtc-extensions, of initial offers: before "an m= section is generated for each RtpTransceiver".
            Place("application", null, recyclable);
        }

        foreach (var transceiver in connection.Transceivers)
        {
            if (!transceiver.IsStopping && !_sections.Any(section => section.Transceiver == transceiver))
            {
                Place(KindName(transceiver.Kind), transceiver, recyclable);
            }
        }

        if (connection.WantsData && !_sections.Any(section => section is { IsData: true, IsRejected: false }))
        {
            Place("application", null, recyclable);
        }
    }

    private void Place(string kind, RtpTransceiver? transceiver, Queue<int> recyclable)
    {
        var isRecycled = recyclable.TryDequeue(out var index);
        var section = new MediaSection
        {
            Index = isRecycled ? index : _sections.Count,
            Mid = NewMid(),
            Kind = kind,
            Transceiver = transceiver,
            Transport = TransportFor(kind, isRecycled ? index : _sections.Count),
        };
        if (isRecycled)
        {
            _sections[index] = section;
        }
        else
        {
            _sections.Add(section);
        }
    }

    private string NewMid()
    {
        string mid;
        do
        {
            mid = _nextMid++.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (!_mids.Add(mid));

        return mid;
    }

    /// <summary>RFC 9429 §4.1.1: what the bundle policy shares before the peer has said that it bundles.</summary>
    private PeerTransport TransportFor(string kind, int place)
    {
        if (connection.IsBundleEstablished
            && (_sections.Find(section => section.Transport is not null && connection.MostRecentAnswer?.BundleGroups.FirstOrDefault()?.Contains(section.Mid) == true)
                ?? _sections.Find(section => section.Transport is not null))?.Transport is { } shared)
        {
            return shared;
        }

        var policy = connection.GetConfiguration().BundlePolicy;
        var existing = policy switch
        {
            BundlePolicy.MaxBundle => _sections.FirstOrDefault(section => section.Transport is not null)?.Transport,
            BundlePolicy.Balanced => _sections.FirstOrDefault(section => section.Kind == kind && section.Transport is not null)?.Transport,
            _ => null,
        };
        if (existing is not null)
        {
            return existing;
        }

        var key = policy switch { BundlePolicy.MaxBundle => "", BundlePolicy.Balanced => kind, _ => $"{place}" };
        if (!_newTransports.TryGetValue(key, out var transport))
        {
            transport = connection.NewTransport(_sections.Select(section => section.Transport).Concat(_newTransports.Values));
            _newTransports[key] = transport;
        }

        return transport;
    }

    private MediaDescription Write(MediaSection section)
    {
        if (section.IsRejected)
        {
            var rejected = section.IsData
                ? SectionWriter.Create(section.Kind, 0, SectionWriter.SctpProtocol, ["webrtc-datachannel"])
                : SectionWriter.Create(section.Kind, 0, SectionWriter.RtpProtocol, ["0"]);
            rejected.Add("mid", section.Mid);
            if (!section.IsData)
            {
                rejected.Add("inactive");
            }

            return rejected;
        }

        var transport = section.Transport!;
        var isBundleOnly = !connection.IsBundleEstablished && _sections.First(other => other.Transport == transport).Index != section.Index;
        if (section.IsData)
        {
            var data = SectionWriter.Create(section.Kind, SectionWriter.PortFor(isBundleOnly), SectionWriter.SctpProtocol, ["webrtc-datachannel"]);
            AddTransport(data, section, isBundleOnly);
            data.Add("mid", section.Mid);
            data.AddDataChannels(connection.OfferedSctpInit());
            return data;
        }

        var transceiver = section.Transceiver!;
        var codecs = connection.OfferedCodecs(transceiver, section);
        var media = SectionWriter.Create(section.Kind, SectionWriter.PortFor(isBundleOnly), SectionWriter.RtpProtocol);
        AddTransport(media, section, isBundleOnly);
        media.Add("mid", section.Mid);
        foreach (var (uri, way) in transceiver.HeaderExtensionsToNegotiate)
        {
            if (way != RtpTransceiverDirection.Stopped && connection.HeaderExtensions.Assign(uri) is { } id)
            {
                media.AddExtension(id, uri, way);
            }
        }

        media.Add(transceiver.DirectionSlot.ToW3CName());
        foreach (var codec in codecs)
        {
            codec.AddTo(media);
        }

        media.AddMaxPacketTime();

        if (transceiver.DirectionSlot.Sends() || connection.HasStreamsInForce(section))
        {
            media.AddStreams(transceiver.Sender);
        }

        // RFC 9429 §5.2.2: "the 'a=rid' lines MUST stay the same", and so what the peer sends by name is asked for again (RFC 8853 §5.3.4).
        var (sent, received) = connection.SimulcastInForce(section);
        string[] rids = transceiver.DirectionSlot.Sends() || sent ? [.. transceiver.Sender.SendEncodings.Select(encoding => encoding.Rid).OfType<string>()] : [];

        // A name stands in a section once (RFC 8851 §4): that of an encoding which both sides send is this side's.
        media.AddSimulcast(rids, [.. received.Except(rids)]);
        if (transceiver.DirectionSlot.Sends() && rids.Length < 2)
        {
            media.AddSender(transceiver.Sender, connection.Cname, codecs.Any(codec => codec.Is("rtx")));
        }

        return media;
    }

    private void AddTransport(MediaDescription media, MediaSection section, bool isBundleOnly)
    {
        if (isBundleOnly)
        {
            // RFC 9429 §5.2.1: a bundle-only section leaves out what it shares with the tagged one. Not so RTCP multiplexing, without which
            // browsers refuse a bundled section (docs/negotiation.md, "Deliberate deviations").
            media.Add("bundle-only");
            media.AddRtcp(mux: !section.IsData, reducedSize: WantsReducedSize(section));
            return;
        }

        // RFC 8842 §5.2: an offer leaves the role open, also when an association exists; the answer keeps the role then.
        var transport = section.Transport!;
        media.AddTransport(transport, _restarts.GetValueOrDefault(transport) ?? transport.LocalCredentials, "actpass", !section.IsData, WantsReducedSize(section), transport.TlsId);
        if (!section.IsData && connection.MostRecentAnswer?.MediaByMid(section.Mid) is null)
        {
            // RFC 9429 §5.2.1; §5.2.2 leaves both out once an answer has multiplexed.
            media.Add("rtcp", "9 IN IP4 0.0.0.0");
            media.Add("rtcp-mux-only");
        }
    }

    // RFC 9429 §5.2.2: the line "MUST NOT be added unless present in the most recent answer", which may leave it to the tagged section.
    private bool WantsReducedSize(MediaSection section) =>
        !section.IsData
        && (connection.MostRecentAnswer is not { } answer
            || answer.MediaByMid(section.Mid) is not { IsRejected: false } answered
            || answered.RtcpReducedSize
            || answer.TaggedSectionOf(answered) is { Kind: not "application", RtcpReducedSize: true });
}
