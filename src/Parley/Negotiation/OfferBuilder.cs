using Parley.Ice;
using Parley.Media;
using Parley.Sdp;

namespace Parley;

/// <summary>Makes an offer of the connection's present state (RFC 9429 §5.2). Runs with the gate held.</summary>
internal sealed class OfferBuilder(PeerConnection connection, OfferOptions options)
{
    private readonly List<MediaSection> _sections = [];
    private readonly HashSet<string> _mids = new(connection.Sections.Select(section => section.Mid).Concat(connection.NegotiatedMids));

    // One pair for all transports: browsers write the same in every section, and Firefox takes it for a restart when a later offer has
    // another in one of them.
    private readonly IceCredentials? _restart =
        Transports(connection.Sections).Any(options.IceRestart ? transport => transport.WasUsed : connection.MustReplaceCredentials)
            ? connection.NewCredentials()
            : null;

    private readonly Dictionary<string, PeerTransport> _newTransports = [];
    private int _nextMid;

    public CreatedDescription Build()
    {
        PlanSections();
        var document = connection.NewLocalDocument();
        foreach (var bundled in BundleGroups().Where(mids => mids.Count > 0))
        {
            document.Attributes.Add(new SdpAttribute("group", $"BUNDLE {string.Join(' ', bundled)}"));
        }

        document.AddSessionOptions(_sections, allowMixed: true);
        foreach (var section in _sections)
        {
            document.Media.Add(Write(section));
        }

        connection.WriteCandidates(document, _sections);
        return new CreatedDescription(new SessionDescription(SdpType.Offer, document.ToString()), _sections, connection.DescriptionVersion)
        {
            RestartCredentials = _restart is { } credentials
                ? Transports(_sections).ToDictionary(transport => transport, _ => credentials)
                : [],
        };
    }

    private static IEnumerable<PeerTransport> Transports(IEnumerable<MediaSection> sections) =>
        sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct();

    private static string KindName(MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    /// <summary>
    /// RFC 9429 §5.2.2: the groups of the most recent answer, "minus any 'm=' sections that have been marked as rejected, plus any newly
    /// added". A peer that has not bundled is asked again.
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
        return tagged is not null
            && !connection.IsBundleEstablished
            && mids.Contains(tagged)
            && _sections.First(section => section.Mid == tagged).Index == 0
            ? mids.OrderByDescending(mid => mid == tagged)
            : mids;
    }

    private void PlanSections()
    {
        var recyclable = new Queue<int>();
        foreach (var section in connection.Sections)
        {
            var isStopping = section.Transceiver is { IsStopping: true };
            if (section is { IsRejected: true, IsAliveAtPeer: false } && connection.IsRejectedInCurrent(section.Index))
            {
                recyclable.Enqueue(_sections.Count);
            }

            _sections.Add(
                section.IsRejected || isStopping ? section with { IsRejected = true, Transport = null, IsAliveAtPeer = false } : section);
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
            && (_sections.Find(section =>
                section.Transport is not null && connection.MostRecentAnswer?.BundleGroups.FirstOrDefault()?.Contains(section.Mid) == true)
                ?? _sections.Find(section => section.Transport is not null))?.Transport is { } shared)
        {
            return shared;
        }

        var policy = connection.BundlePolicy;
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
            transport = connection.NewTransport(_sections.Select(section => section.Transport).Concat(_newTransports.Values), _restart);
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
            if (_sections.Find(each => each.Transport is not null) is { } alive)
            {
                AddTransport(rejected, alive);
            }

            rejected.Add("mid", section.Mid);
            rejected.AddRejection(mux: true, reducedSize: true);
            return rejected;
        }

        if (section.IsData)
        {
            var data = SectionWriter.Create(section.Kind, SectionWriter.DiscardPort, SectionWriter.SctpProtocol, ["webrtc-datachannel"]);
            AddTransport(data, section);
            data.Add("mid", section.Mid);
            data.AddDataChannels(connection.OfferedSctpInit());
            return data;
        }

        var transceiver = section.Transceiver!;
        var codecs = connection.OfferedCodecs(transceiver, section);
        var media = SectionWriter.Create(section.Kind, SectionWriter.DiscardPort, SectionWriter.RtpProtocol);
        AddTransport(media, section);
        media.Add("mid", section.Mid);
        foreach (var (uri, way) in transceiver.HeaderExtensionsToNegotiate)
        {
            if (way != RtpTransceiverDirection.Stopped && connection.HeaderExtensions.Assign(uri) is { } id)
            {
                media.AddExtension(id, uri, way);
            }
        }

        media.Add(transceiver.DirectionSlot.ToW3CName());
        if (transceiver.DirectionSlot.Sends() || connection.HasStreamsInForce(section))
        {
            media.AddStreams(transceiver.Sender);
        }

        media.AddRtcp(mux: true, reducedSize: true);
        foreach (var codec in codecs)
        {
            codec.AddTo(media);
        }

        // RFC 9429 §5.2.2: "the 'a=rid' lines MUST stay the same", and so what the peer sends by name is asked for again (RFC 8853 §5.3.4).
        var (sent, received) = connection.SimulcastInForce(section);
        string[] rids = transceiver.DirectionSlot.Sends() || sent
            ? [.. transceiver.Sender.SendEncodings.Select(encoding => encoding.Rid).OfType<string>()]
            : [];

        // A name stands in a section once (RFC 8851 §4): that of an encoding which both sides send is this side's.
        media.AddSimulcast(rids.Length > 1 ? rids : [], [.. received.Except(rids.Length > 1 ? rids : [])]);
        if (transceiver.DirectionSlot.Sends() && rids.Length < 2)
        {
            media.AddSender(transceiver.Sender, connection.Cname, codecs.Any(codec => codec.Is("rtx")));
        }

        return media;
    }

    // RFC 8842 §5.2: an offer leaves the role open, also when an association exists; the answer keeps the role then.
    private void AddTransport(MediaDescription media, MediaSection section) =>
        media.AddTransport(section.Transport!, _restart ?? section.Transport!.LocalCredentials, "actpass");
}
