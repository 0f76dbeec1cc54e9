using Parley.Dtls;
using Parley.Ice;
using Parley.Media;
using Parley.Sdp;

namespace Parley;

// The m= sections, their transports and their codecs: RFC 9429's side of negotiation.
public sealed partial class PeerConnection
{
    private readonly List<PeerTransport> _transports = [];
    private readonly PayloadTypeTable _payloadTypes = new();
    private readonly ulong _sessionId = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()) >> 2;
    private SctpTransport? _stableSctpTransport;
    private bool _stableBundleEstablished;
    private ulong _sessionVersion;

    internal IReadOnlyList<MediaSection> Sections => _sections;

    internal IReadOnlyList<RtpTransceiver> Transceivers => _transceivers;

    internal AppliedDescription? PendingRemote => _pendingRemote;

    internal bool IsBundleEstablished { get; private set; }

    internal bool WantsData => _hasCreatedDataChannel;

    internal AppliedDescription? PendingLocal => _pendingLocal;

    /// <summary>The answer of the exchange that ended last; null before the first.</summary>
    internal SdpDocument? MostRecentAnswer => (_currentLocal is { Type: SdpType.Answer } local ? local : _currentRemote)?.Document;

    internal long DescriptionVersion => _descriptionState;

    internal HeaderExtensionTable HeaderExtensions { get; } = new();

    private AppliedDescription PendingOrCurrentRemote => (_pendingRemote ?? _currentRemote)!;

    internal IceCredentials NewCredentials() => IceCredentials.Create(Platform.Random);

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
    internal bool HasStreamsInForce(MediaSection section) => _currentLocal?.Document.MediaByMid(section.Mid) is { IsRejected: false, MediaStreamIds.Count: > 0 };

    /// <summary>
    /// The codecs to offer in a section: unless preferences were set "in the same order as in the most recent answer", and those that it did not
    /// have "after all existing formats" (RFC 9429 §5.2.2).
    /// </summary>
    internal IReadOnlyList<CodecDescription> OfferedCodecs(RtpTransceiver transceiver, MediaSection section)
    {
        var codecs = OfferedCodecs(transceiver);
        if (transceiver.PreferredCodecs.Count > 0 || MostRecentAnswer?.MediaByMid(section.Mid) is not { } answered)
        {
            return codecs;
        }

        var order = answered.PayloadTypes.ToList();
        return [.. codecs.OrderBy(codec => order.IndexOf(codec.PayloadType) is >= 0 and var place ? place : int.MaxValue)];
    }

    /// <summary>The codecs to offer for a transceiver: its preferences, else the catalog, each with its payload type and its rtx.</summary>
    internal IReadOnlyList<CodecDescription> OfferedCodecs(RtpTransceiver transceiver)
    {
        var kind = transceiver.Kind == MediaKind.Audio ? "audio" : "video";
        var entries = CodecCatalog.Entries(transceiver.Kind);
        var result = new List<CodecDescription>();
        foreach (var entry in Preferred(transceiver, entries))
        {
            if (_payloadTypes.Assign(kind, entry, null) is not { } payloadType)
            {
                continue;
            }

            var codec = entry with { PayloadType = payloadType };
            result.Add(codec);
            if (WantsRtx(transceiver)
                && entries.FirstOrDefault(candidate => candidate.AssociatedPayloadType == entry.PayloadType) is { } rtx
                && _payloadTypes.Assign(kind, rtx, codec) is { } rtxPayloadType)
            {
                result.Add(rtx with { PayloadType = rtxPayloadType, Parameters = $"apt={payloadType}" });
            }
        }

        return result;
    }

    /// <summary>Those of the offered codecs that this side can use, in the order of its preferences if it has any, else of the offer.</summary>
    internal IReadOnlyList<CodecDescription> AnsweredCodecs(RtpTransceiver transceiver, MediaDescription offered)
    {
        var entries = CodecCatalog.Entries(transceiver.Kind);
        var preferred = Preferred(transceiver, entries).ToArray();
        var repairs = WantsRtx(transceiver) ? entries.Where(entry => entry.Is("rtx")).Take(1) : [];
        var common = CodecMatching.Intersect(CodecDescription.ReadFrom(offered), [.. preferred, .. repairs]);
        if (transceiver.PreferredCodecs.Count == 0)
        {
            return common;
        }

        var primary = common.Where(codec => !codec.Is("rtx")).OrderBy(codec => Array.FindIndex(preferred, entry => CodecMatching.Matches(codec, entry)));
        return [.. primary.SelectMany(codec => common.Where(repair => repair.Is("rtx") && repair.AssociatedPayloadType == codec.PayloadType).Prepend(codec))];
    }

    /// <summary>
    /// The codecs that may be sent, the preferred first: this side's answer decides the order, or else the peer's (RFC 3264 §6.1 and §7: who offered sends
    /// what the answer lists first).
    /// </summary>
    internal IReadOnlyList<CodecDescription> CodecsToSend(RtpTransceiver transceiver, MediaDescription remote)
    {
        var codecs = AnsweredCodecs(transceiver, remote);
        if (PendingOrCurrentRemote.Type == SdpType.Offer)
        {
            return codecs;
        }

        var listed = CodecDescription.ReadFrom(remote).Select(codec => codec.PayloadType).ToList();
        return [.. codecs.OrderBy(codec => listed.IndexOf(codec.PayloadType))];
    }

    internal string AnsweredSetup(PeerTransport transport, SdpDocument offer, MediaDescription offered) =>
        (transport.DtlsRole ?? RoleForAnswer(offer.SetupOf(offered))) == DtlsRole.Client ? "active" : "passive";

    internal IReadOnlyList<RtpHeaderExtensionParameters> NegotiatedExtensions(RtpTransceiver transceiver)
    {
        if (_currentRemote is null || _sections.FirstOrDefault(section => section.Transceiver == transceiver) is not { IsRejected: false } section || section.Index >= _currentRemote.Document.Media.Count)
        {
            return [];
        }

        var known = CodecCatalog.Extensions(transceiver.Kind);
        return [.. _currentRemote.Document.UsableExtMapsOf(_currentRemote.Document.Media[section.Index])
            .Where(extension => known.Contains(extension.Uri))
            .Select(extension => new RtpHeaderExtensionParameters(extension.Uri, extension.Id))];
    }

    // RFC 8842 §5.3: an answerer that may choose takes the active role, which saves a round trip.
    private static DtlsRole RoleForAnswer(SetupRole? offered) => offered == SetupRole.Active ? DtlsRole.Server : DtlsRole.Client;

    private static bool WantsRtx(RtpTransceiver transceiver) =>
        transceiver.Kind == MediaKind.Video && (transceiver.PreferredCodecs.Count == 0 || transceiver.PreferredCodecs.Any(codec => codec.EncodingName == "rtx"));

    private static IEnumerable<CodecDescription> Preferred(RtpTransceiver transceiver, IReadOnlyList<CodecDescription> entries)
    {
        var media = entries.Where(entry => !entry.Is("rtx"));
        return transceiver.PreferredCodecs.Count == 0
            ? media
            : transceiver.PreferredCodecs
                .Select(codec => media.FirstOrDefault(entry =>
                    entry.Is(codec.EncodingName)
                    && entry.ClockRate == codec.ClockRate
                    && (codec.SdpFmtpLine is null || codec.SdpFmtpLine == entry.Parameters)))
                .OfType<CodecDescription>()
                .Distinct();
    }

    private void AdoptSections(IReadOnlyList<MediaSection> sections)
    {
        _sections.Clear();
        _sections.AddRange(sections);
        foreach (var transport in sections.Select(section => section.Transport).OfType<PeerTransport>().Distinct())
        {
            if (!_transports.Contains(transport))
            {
                _transports.Add(transport);
                if (!_pool.Remove(transport))
                {
                    Loop.Add(transport.Stack);
                }
            }
        }
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
            var isRejected = media.IsRejected || !SectionProtocol.IsSupported(media) || (media.Kind == "application" && plan.Any(section => section is { IsData: true, IsRejected: false }));
            var transceiver = known?.Transceiver;
            if (transceiver is null && !isRejected && media.Kind is "audio" or "video")
            {
                transceiver = TransceiverForRemoteSection(media.Kind == "audio" ? MediaKind.Audio : MediaKind.Video, offer.TransceiverDirectionOf(media), plan);
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
        while (offer.MediaByMid(mid) is not null || plan.Any(section => section.Mid == mid) || _sections.Any(section => section.Mid == mid));

        return mid;
    }

    private RtpTransceiver TransceiverForRemoteSection(MediaKind kind, RtpTransceiverDirection remoteDirection, List<MediaSection> plan)
    {
        var existing = remoteDirection.Receives()
            ? _transceivers.FirstOrDefault(candidate =>
                candidate is { WasUsedByAddTrack: true, IsStopping: false, Mid: null } && candidate.Kind == kind && !plan.Any(section => section.Transceiver == candidate))
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
        if (offer.BundleGroupOf(mid) is { } group)
        {
            if (plan.FirstOrDefault(section => group.Contains(section.Mid) && section.Transport is not null)?.Transport is { } planned)
            {
                return planned;
            }

            if (_sections.FirstOrDefault(section => group.Contains(section.Mid) && section is { IsRejected: false, Transport: not null })?.Transport is { } bundled
                && !plan.Any(section => section.Transport == bundled))
            {
                return bundled;
            }
        }

        // A section that leaves its group has an address of its own from now on.
        return known?.Transport is { } own && _sections.First(section => section.Transport == own).Index == known.Index && !plan.Any(section => section.Transport == own)
            ? own
            : NewTransport(plan.Select(section => section.Transport));
    }

    /// <summary>After an answer, the sections of a group share the transport of the group's first section (RFC 8843 §7.5).</summary>
    private void ResolveBundle(SdpDocument answer, bool isAnswer)
    {
        for (var i = 0; i < _sections.Count; i++)
        {
            var isRejected = _sections[i].IsRejected || answer.Media[i].IsRejected;
            if (isRejected)
            {
                _sections[i] = _sections[i] with { IsRejected = true, Transport = null };
            }
            else if (answer.BundleGroupOf(_sections[i].Mid) is { } group && TaggedOf(group, answer)?.Transport is { } shared)
            {
                _sections[i] = _sections[i] with { Transport = shared };
            }
        }

        if (isAnswer)
        {
            IsBundleEstablished = answer.BundleGroups.Count > 0;
        }
    }

    /// <summary>The first section of a group that is alive: a peer may list rejected ones, though it must not.</summary>
    private MediaSection? TaggedOf(IReadOnlyList<string> group, SdpDocument answer) => group
        .Select(mid => _sections.Find(section => section.Mid == mid))
        .FirstOrDefault(section => section is { IsRejected: false, Transport: not null } && !answer.Media[section.Index].IsRejected);

    private void ConnectTransports(bool localAnswers, DescriptionEffects effects)
    {
        var local = (_pendingLocal ?? _currentLocal)!.Document;
        var remote = PendingOrCurrentRemote.Document;
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
                : (remote.SetupOf(remoteMedia) == SetupRole.Active ? DtlsRole.Server : DtlsRole.Client);
            section.Transport!.Connect(remote, remoteMedia, section, role);
        }

        ConnectSctp(remote, effects);
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

    private void LearnNumbers(SdpDocument document)
    {
        foreach (var media in document.Media.Where(media => !media.IsRejected))
        {
            var codecs = CodecDescription.ReadFrom(media);
            foreach (var codec in codecs)
            {
                _payloadTypes.Learn(media.Kind, codec, codec.Is("rtx") ? codecs.FirstOrDefault(primary => primary.PayloadType == codec.AssociatedPayloadType) : null);
            }

            foreach (var extension in document.UsableExtMapsOf(media))
            {
                HeaderExtensions.Learn(extension.Uri, extension.Id);
            }
        }
    }

    private void SetSendCodecs(RtpTransceiver transceiver, MediaSection section)
    {
        var remote = PendingOrCurrentRemote.Document.Media[section.Index];
        transceiver.Sender.SetSendCodecs(section.IsRejected ? [] : [.. CodecsToSend(transceiver, remote).Select(codec => codec.ToParameters(remote.Kind))]);
    }

    private static void ProposeEncodings(RtpTransceiver transceiver, IReadOnlyList<string> rids)
    {
        // Sound has one encoding: a wish for several says nothing to it.
        if (rids.Count > 0 && transceiver.Kind == MediaKind.Video && transceiver.Sender.SendEncodings is [{ Rid: null }])
        {
            var wanted = rids.Take(SendEncodingValidation.MaxEncodings(transceiver.Kind)).ToArray();
            transceiver.Sender.SetSendEncodings([.. wanted.Select((rid, index) => new RtpEncodingParameters
            {
                Rid = rid,
                ScaleResolutionDownBy = Math.Pow(2, wanted.Length - index - 1),
            })]);
            transceiver.Sender.ForgetReturnedParameters();
        }
    }

    private static void PruneEncodings(RtpTransceiver transceiver, IReadOnlyList<string> negotiated)
    {
        var encodings = transceiver.Sender.SendEncodings;
        if (encodings.Count <= 1)
        {
            return;
        }

        var kept = encodings.Where(encoding => encoding.Rid is not null && negotiated.Contains(encoding.Rid)).ToArray();
        if (kept.Length != encodings.Count)
        {
            transceiver.Sender.SetSendEncodings(kept.Length == 0 ? [encodings[0]] : kept);
        }
    }

    private static void DropUnnegotiatedEncodingCodecs(RtpTransceiver transceiver)
    {
        var sender = transceiver.Sender;
        if (sender.SendCodecs.Count > 0 && sender.SendEncodings.Any(encoding => encoding.Codec is { } codec && !sender.SendCodecs.Any(known => CodecDictionary.Matches(known, codec, ignoreAsymmetricalParameters: true))))
        {
            sender.SetSendEncodings([.. sender.SendEncodings.Select(encoding =>
                encoding.Codec is { } codec && !sender.SendCodecs.Any(known => CodecDictionary.Matches(known, codec, ignoreAsymmetricalParameters: true)) ? encoding with { Codec = null } : encoding)]);
        }
    }

    /// <summary>"Check if negotiation is needed" (webrtc-pc §4.7.3).</summary>
    private bool IsNegotiationNeeded()
    {
        if (_localIceCredentialsToReplace.Count > 0)
        {
            return true;
        }

        // A section for data that the peer rejected has been negotiated: the next offer tries again, but nothing asks for one.
        if (_hasCreatedDataChannel && (_currentLocal is null || !_sections.Any(section => section.IsData)))
        {
            return true;
        }

        foreach (var transceiver in _transceivers)
        {
            if (IsNegotiationNeeded(transceiver))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNegotiationNeeded(RtpTransceiver transceiver)
    {
        if (transceiver is { IsStopping: true, IsStopped: false })
        {
            return true;
        }

        var section = _currentLocal is null ? null : _sections.FirstOrDefault(candidate => candidate.Transceiver == transceiver);
        if (section is null)
        {
            return !transceiver.IsStopped;
        }

        var local = _currentLocal!.Document.Media[section.Index];
        var remote = _currentRemote!.Document.Media[section.Index];
        if (transceiver.IsStopped)
        {
            return !local.IsRejected && !remote.IsRejected;
        }

        if (transceiver.DirectionSlot.Sends() && (local.MediaStreamIds.Count == 0 || !local.MsidStreamIds().SequenceEqual(transceiver.Sender.StreamIds.Order())))
        {
            return true;
        }

        var localDirection = _currentLocal.Document.TransceiverDirectionOf(local);
        var remoteDirection = _currentRemote.Document.TransceiverDirectionOf(remote).Reverse();
        return _currentLocal.Type == SdpType.Offer
            ? localDirection != transceiver.DirectionSlot && remoteDirection != transceiver.DirectionSlot
            : localDirection != transceiver.DirectionSlot.Intersect(remoteDirection);
    }
}
