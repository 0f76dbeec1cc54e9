using Parley.Dtls;
using Parley.Ice;
using Parley.Media;
using Parley.Sdp;

namespace Parley;

// The m= sections and their transports: RFC 9429's side of negotiation.
public sealed partial class PeerConnection
{
    private readonly List<PeerTransport> _transports = [];
    private readonly ulong _sessionId = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()) >> 2;
    private List<MediaSection> _offeredSections = [];
    private SctpTransport? _stableSctpTransport;
    private bool _stableBundleEstablished;
    private ulong _sessionVersion;
    private int _transportNumber;

    internal IReadOnlyList<MediaSection> Sections => _sections;

    /// <summary>
    /// The sections as the offer under way has them. A provisional answer's bundling and rejecting binds no later answer.
    /// </summary>
    internal IReadOnlyList<MediaSection> OfferedSections => _offeredSections;

    internal IReadOnlyList<RtpTransceiver> Transceivers => _transceivers;

    internal AppliedDescription? PendingRemote => _pendingRemote;

    /// <summary>
    /// The mids that have ever been in an answer. None is given to a second section, whose packets would be taken for stragglers of the
    /// first.
    /// </summary>
    internal HashSet<string> NegotiatedMids { get; } = [];

    internal bool IsBundleEstablished { get; private set; }

    internal bool WantsData => _hasCreatedDataChannel;

    internal AppliedDescription? PendingLocal => _pendingLocal;

    /// <summary>The answer of the exchange that ended last; null before the first.</summary>
    internal SdpDocument? MostRecentAnswer => (_currentLocal is { Type: SdpType.Answer } local ? local : _currentRemote)?.Document;

    internal long DescriptionVersion => _descriptionState;

    private AppliedDescription PendingOrCurrentRemote => (_pendingRemote ?? _currentRemote)!;

    internal IceCredentials NewCredentials() => IceCredentials.Create(Platform.Random);

    /// <summary>The credentials with which an answer follows a restart: the same for each transport that restarts.</summary>
    internal IceCredentials NewAnswerCredentials() =>
        _transports.Find(transport => transport.AnswerCredentials is not null)?.AnswerCredentials ?? NewCredentials();

    internal string NextTransportName() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"T{++_transportNumber:00}");

    internal bool MustReplaceCredentials(PeerTransport transport) =>
        _localIceCredentialsToReplace.Contains((transport.LocalCredentials.UsernameFragment, transport.LocalCredentials.Password));

    /// <summary>Whether a section is rejected in a description in force, so that its place may be used again (RFC 9429 §5.2.2).</summary>
    internal bool IsRejectedInCurrent(int index) =>
        (_currentLocal is { } local && index < local.Document.Media.Count && local.Document.Media[index].IsRejected)
        || (_currentRemote is { } remote && index < remote.Document.Media.Count && remote.Document.Media[index].IsRejected);

    internal SdpDocument NewLocalDocument() => new()
    {
        Origin = new SdpOrigin("-", _sessionId, ++_sessionVersion),
        SessionName = "-",
    };

    /// <summary>
    /// RFC 9429 §5.2.2: the msid lines "MUST stay the same if they are present in the current description, regardless of changes to the
    /// transceiver's direction".
    /// </summary>
    internal bool HasStreamsInForce(MediaSection section) =>
        _currentLocal?.Document.MediaByMid(section.Mid) is { IsRejected: false, MediaStreamIds.Count: > 0 };

    internal string AnsweredSetup(PeerTransport transport, SdpDocument offer, MediaDescription offered) =>
        (GoesOn(transport, offer, offered) ?? RoleForAnswer(offer.SetupOf(offered))) == DtlsRole.Client ? "active" : "passive";

    /// <summary>The role of the association that an offer goes on with; null when there is none, or the offer asks for a new one.</summary>
    private static DtlsRole? GoesOn(PeerTransport transport, SdpDocument offer, MediaDescription offered) =>
        transport.ContinuesAssociation(offer, offered) && !transport.IsContradictedBy(offer.SetupOf(offered)) ? transport.DtlsRole : null;

    // RFC 8842 §5.3: an answerer that may choose takes the active role, which saves a round trip.
    private static DtlsRole RoleForAnswer(SetupRole? offered) => offered == SetupRole.Active ? DtlsRole.Server : DtlsRole.Client;

    private void AdoptSections(IReadOnlyList<MediaSection> sections, bool isOffer)
    {
        _sections.Clear();
        _sections.AddRange(sections);
        if (isOffer)
        {
            _offeredSections = [.. sections];
        }
        else
        {
            NegotiatedMids.UnionWith(sections.Select(section => section.Mid));
        }

        foreach (var transport in sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct())
        {
            if (!_transports.Contains(transport))
            {
                Adopt(transport);
            }
        }
    }

    private void Adopt(PeerTransport transport)
    {
        _transports.Add(transport);
        _pool.Remove(transport);
    }

    /// <summary>The sections of a remote offer: known ones go on, new ones find or get a transceiver (RFC 9429 §5.10).</summary>
    private List<MediaSection> PlanRemoteOffer(SdpDocument offer)
    {
        var plan = new List<MediaSection>();
        for (var i = 0; i < offer.Media.Count; i++)
        {
            var media = offer.Media[i];
            var known = i < _sections.Count ? _sections[i] : null;
            var mid = media.Mid ?? known?.Mid ?? NewMid(offer, plan);
            if (known is not null && (known.Mid != mid || known.Transceiver is { IsStopped: true }))
            {
                // The place is used again (RFC 9429 §5.2.2).
                known = null;
            }

            // One association to a connection: a second data section is refused.
            var isRejected = media.IsRejected
                || !SectionProtocol.IsSupported(media)
                || (media.Kind == "application" && plan.Any(section => section is { IsData: true, IsRejected: false }));
            var transceiver = known?.Transceiver;
            if (transceiver is null && !isRejected && media.Kind is "audio" or "video")
            {
                transceiver = TransceiverForRemoteSection(
                    media.Kind == "audio" ? MediaKind.Audio : MediaKind.Video, offer.TransceiverDirectionOf(media), plan);
            }

            plan.Add(new MediaSection
            {
                Index = i,
                Mid = mid,
                Kind = media.Kind,
                Transceiver = transceiver,
                Transport = isRejected ? null : TransportForRemoteSection(offer, mid, known, plan),
                IsRejected = isRejected,
            });
        }

        return plan;
    }

    /// <summary>A mid for a section of a peer that writes none (RFC 9429 §5.10), short enough for its header extension.</summary>
    private string NewMid(SdpDocument offer, List<MediaSection> plan)
    {
        var number = 0;
        string mid;
        do
        {
            mid = number++.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (offer.MediaByMid(mid) is not null
            || plan.Any(section => section.Mid == mid)
            || _sections.Any(section => section.Mid == mid));

        return mid;
    }

    private RtpTransceiver TransceiverForRemoteSection(MediaKind kind, RtpTransceiverDirection remoteDirection, List<MediaSection> plan)
    {
        var existing = remoteDirection.Receives()
            ? _transceivers.FirstOrDefault(candidate =>
                candidate is { WasAddedByAddTrack: true, IsStopping: false, Mid: null }
                    && candidate.Kind == kind
                    && !plan.Any(section => section.Transceiver == candidate))
            : null;
        if (existing is not null)
        {
            return existing;
        }

        var created = CreateTransceiver(kind, RtpTransceiverDirection.RecvOnly, null, [], [], receiverTrackId: null);
        created.WasCreatedByPendingOffer = true;
        return created;
    }

    private PeerTransport TransportForRemoteSection(SdpDocument offer, string mid, MediaSection? known, List<MediaSection> plan)
    {
        if (offer.BundleGroupOf(mid) is { } group
            && plan.FirstOrDefault(section => group.Contains(section.Mid) && section.Transport is not null)?.Transport is { } planned)
        {
            return planned;
        }

        PeerTransport[] taken = [.. plan.Select(section => section.Transport).OfType<PeerTransport>()];
        return TransportToGoOn(offer, mid, known, taken) ?? NewTransport(taken);
    }

    /// <summary>
    /// The transport in use that a section of a remote offer goes on with; null when it gets a new one. Those taken belong to others.
    /// </summary>
    internal PeerTransport? TransportToGoOn(SdpDocument offer, int index, IReadOnlyCollection<PeerTransport> taken)
    {
        var known = index < _sections.Count && !_sections[index].IsRejected ? _sections[index] : null;
        return (offer.Media[index].Mid ?? known?.Mid) is { } mid ? TransportToGoOn(offer, mid, known, taken) : null;
    }

    private PeerTransport? TransportToGoOn(SdpDocument offer, string mid, MediaSection? known, IReadOnlyCollection<PeerTransport> taken)
    {
        if (offer.BundleGroupOf(mid) is { } group
            && _sections.FirstOrDefault(
                section => group.Contains(section.Mid) && section is { IsRejected: false, Transport: not null })?.Transport is { } bundled
            && !taken.Contains(bundled))
        {
            return bundled;
        }

        // A section that leaves its group has an address of its own from now on.
        return known?.Transport is { } own
            && _sections.First(section => section.Transport == own).Index == known.Index
            && !taken.Contains(own) ? own : null;
    }

    private void ConnectTransports(bool localAnswers, DescriptionEffects effects)
    {
        var local = (_pendingLocal ?? _currentLocal)!.Document;
        var remote = PendingOrCurrentRemote.Document;
        var renewed = new HashSet<PeerTransport>();
        foreach (var section in _sections.Where(section => section.Transport is not null))
        {
            var answer = localAnswers ? local : remote;
            if (answer.BundleGroupOf(section.Mid) is { } group && TaggedOf(group, answer) is { } tagged && tagged.Mid != section.Mid)
            {
                continue;
            }

            var remoteMedia = remote.Media[section.Index];
            var role = localAnswers
                ? (local.Media[section.Index].Setup == SetupRole.Active ? DtlsRole.Client : DtlsRole.Server)
                : (remote.SetupOf(remoteMedia) == SetupRole.Passive ? DtlsRole.Client : DtlsRole.Server);
            if (section.Transport!.Connect(remote, remoteMedia, section, role, isOffer: localAnswers))
            {
                renewed.Add(section.Transport);
            }
        }

        ConnectSctp(local, remote, renewed, effects);
    }

    private void CreateSctpTransportIfDescribed(AppliedDescription applied)
    {
        if (applied.Type == SdpType.Offer
            && SctpTransport is null
            && _sections.FirstOrDefault(section => section is { IsData: true, IsRejected: false, Transport: not null }) is { } section)
        {
            SctpTransport = new SctpTransport(this, section.Transport!);
        }
    }

    /// <summary>Closes transports that no section refers to any more.</summary>
    private void CloseUnusedTransports()
    {
        foreach (var transport in _transports.Where(candidate => !_sections.Any(section => section.Transport == candidate)).ToArray())
        {
            _transports.Remove(transport);
            transport.Close();
        }
    }
}
