using Parley.Sdp;

namespace Parley;

// Candidates both ways (webrtc-pc §4.4.2, addIceCandidate; §5.6, "surface a candidate").
public sealed partial class PeerConnection
{
    private readonly List<Action> _earlyCandidates = [];

    /// <summary>
    /// Gives a candidate of the peer's to the ICE agent (webrtc-pc §4.4.2, addIceCandidate); null, or an empty candidate, says that there
    /// are no more.
    /// </summary>
    /// <exception cref="ArgumentException">The candidate names no section.</exception>
    /// <exception cref="RtcException">InvalidStateError: closed, or no remote description. OperationError: no such section, or the
    /// candidate is malformed.</exception>
    /// <remarks>Empty strings count as absent. A candidate of a generation that no applied description has is ignored.</remarks>
    public Task AddIceCandidateAsync(IceCandidateInit? candidate = null)
    {
        candidate ??= new IceCandidateInit();
        ArgumentNullException.ThrowIfNull(candidate.Candidate, nameof(candidate));
        candidate = WithoutEmptyMembers(candidate);
        if (candidate.Candidate.Length > 0 && candidate is { SdpMid: null, SdpMLineIndex: null })
        {
            return Task.FromException(new ArgumentException("A candidate names its section by mid or index.", nameof(candidate)));
        }

        lock (Gate)
        {
            return _operations.Chain<bool>(operation => AddCandidate(candidate, operation));
        }
    }

    /// <summary>
    /// Gives a candidate of the peer's to the ICE agent; null, as the last event of gathering brings it, says that there are no more.
    /// </summary>
    /// <inheritdoc cref="AddIceCandidateAsync(IceCandidateInit?)"/>
    public Task AddIceCandidateAsync(IceCandidate? candidate) => AddIceCandidateAsync(candidate?.ToInit());

    /// <summary>The ICE agent made a candidate available. Called from the loop.</summary>
    internal void OnCandidateGathered(PeerTransport transport, CandidateAttribute attribute, string ufrag, string? url) =>
        TellOfGathering(transport, () =>
        {
            List<Action> events = [];
            lock (Gate)
            {
                if (IsClosed || transport.IsClosed)
                {
                    return;
                }

                transport.AddGathered(attribute, ufrag);
                if (RepresentsLocalGeneration(transport, ufrag))
                {
                    SurfaceCandidate(transport, attribute, ufrag, url, events);
                }
                else
                {
                    _earlyCandidates.Add(() => OnEarlyCandidate(transport, attribute, ufrag, url));
                }
            }

            events.ForEach(raise => raise());
        });

    internal void OnCandidateError(PeerTransport transport, IceCandidateErrorEventArgs args) => TellOfGathering(transport, () =>
    {
        if (!IsClosed && !transport.IsClosed)
        {
            Queue.Raise(IceCandidateError, this, args);
        }
    });

    private void OnEarlyCandidate(PeerTransport transport, CandidateAttribute attribute, string ufrag, string? url)
    {
        List<Action> events = [];
        lock (Gate)
        {
            if (!IsClosed && !transport.IsClosed && RepresentsLocalGeneration(transport, ufrag))
            {
                SurfaceCandidate(transport, attribute, ufrag, url, events);
            }
        }

        events.ForEach(raise => raise());
    }

    private void ReleaseEarlyCandidates()
    {
        foreach (var candidate in _earlyCandidates)
        {
            Queue.Enqueue(candidate);
        }

        _earlyCandidates.Clear();
    }

    private IEnumerable<(AppliedDescription Description, MediaDescription Media, MediaSection Section)> LocalSectionsOf(
        PeerTransport transport, string ufrag)
    {
        foreach (var description in (AppliedDescription?[])[_pendingLocal, _currentLocal])
        {
            if (description is null)
            {
                continue;
            }

            var document = description.Document;
            var ofGeneration = _sections.Where(section =>
                section.Index < document.Media.Count && document.IceUfragOf(document.Media[section.Index]) == ufrag);
            if (SectionWithCandidates(transport, document, ofGeneration) is { } section)
            {
                yield return (description, document.Media[section.Index], section);
            }
        }
    }

    private bool RepresentsLocalGeneration(PeerTransport transport, string ufrag) => LocalSectionsOf(transport, ufrag).Any();

    private void SurfaceCandidate(PeerTransport transport, CandidateAttribute attribute, string ufrag, string? url, List<Action> events)
    {
        MediaSection? first = null;
        foreach (var (description, media, section) in LocalSectionsOf(transport, ufrag))
        {
            first = first is null || section.Index < first.Index ? section : first;
            if (media.AddGathered(attribute))
            {
                description.Changed();
            }
        }

        var candidate =
            new IceCandidate(new LocalIceCandidateInit(attribute.ToString(), first!.Mid, (ushort)first.Index, ufrag) { Url = url });
        transport.Ice.AddLocalCandidate(candidate);
        events.Add(() => Queue.Raise(IceCandidateGathered, this, new IceCandidateEventArgs(candidate)));
    }

    /// <summary>
    /// The end of a generation: an event with an empty candidate, and end-of-candidates in the descriptions (RFC 8840 §8).
    /// </summary>
    private void SurfaceEndOfCandidates(PeerTransport transport, string ufrag, List<Action> events)
    {
        MediaSection? first = null;
        foreach (var (description, media, section) in LocalSectionsOf(transport, ufrag))
        {
            first = first is null || section.Index < first.Index ? section : first;
            media.EndOfCandidates = true;
            description.Changed();
        }

        if (first is not null)
        {
            var end = new IceCandidate(new IceCandidateInit("", first.Mid, (ushort)first.Index, ufrag));
            events.Add(() => Queue.Raise(IceCandidateGathered, this, new IceCandidateEventArgs(end)));
        }
    }

    private void AddCandidate(IceCandidateInit candidate, OperationsChain.Operation<bool> operation)
    {
        if ((_pendingRemote ?? _currentRemote) is not { } remote)
        {
            operation.Reject(new RtcException(RtcErrorNames.InvalidStateError, "There is no remote description yet."));
            return;
        }

        MediaDescription? media = null;
        if (candidate.SdpMid is { } mid)
        {
            media = remote.Document.Media.FirstOrDefault(section => section.Mid == mid);
        }
        else if (candidate.SdpMLineIndex is { } index && index < remote.Document.Media.Count)
        {
            media = remote.Document.Media[index];
        }

        if (media is null && candidate is not { SdpMid: null, SdpMLineIndex: null })
        {
            // The end of what is not there is nothing; browsers ignore it.
            if (candidate.Candidate.Length == 0)
            {
                operation.Resolve(true);
                return;
            }

            operation.Reject(new RtcException(RtcErrorNames.OperationError, "The remote description has no such section."));
            return;
        }

        var sections = media is null
            ? _sections.Where(section => section.Transport is not null).ToArray()
            : _sections.Where(section => section.Index == remote.Document.Media.IndexOf(media)).ToArray();
        if (media is not null && sections is [{ Transceiver.IsStopped: true }])
        {
            operation.Resolve(true);
            return;
        }

        // Without a section the end is that of all, and the fragment must be that of one of them.
        var named = media is null ? Enumerable.Range(0, remote.Document.Media.Count) : [remote.Document.Media.IndexOf(media)];
        CandidateAttribute? attribute = null;
        if (candidate.Candidate.Length > 0 && !IceCandidate.TryParse(candidate.Candidate, out attribute))
        {
            Queue.Enqueue(() => operation.Reject(new RtcException(RtcErrorNames.OperationError, "The candidate is malformed.")));
            return;
        }

        // A late one of a generation that is gone, or an early one of a description that is not here yet, does no harm: browsers ignore it.
        if (candidate.UsernameFragment is { } ufrag && !named.SelectMany(AppliedRemoteUfrags).Contains(ufrag))
        {
            ConnectionLog.CandidateIgnored(Logger, "no applied description has its username fragment");
            operation.Resolve(true);
            return;
        }

        Queue.Enqueue(() =>
        {
            lock (Gate)
            {
                if (IsClosed)
                {
                    return;
                }

                foreach (var section in sections)
                {
                    AddCandidateToSection(section, attribute, candidate.UsernameFragment);
                }

                operation.Resolve(true);
            }
        });
    }

    /// <summary>Empty is absent: signaling that has no null writes empty strings. What names no section by them means the first.</summary>
    private static IceCandidateInit WithoutEmptyMembers(IceCandidateInit candidate) => candidate with
    {
        SdpMid = candidate.SdpMid is "" ? null : candidate.SdpMid,
        SdpMLineIndex = candidate is { SdpMid: "", SdpMLineIndex: null, Candidate.Length: > 0 } ? (ushort)0 : candidate.SdpMLineIndex,
        UsernameFragment = candidate.UsernameFragment is "" ? null : candidate.UsernameFragment,
    };

    /// <summary>The fragments of a section in the remote descriptions, the pending one's first.</summary>
    private IEnumerable<string> AppliedRemoteUfrags(int index) =>
        from description in (AppliedDescription?[])[_pendingRemote, _currentRemote]
        let ufrag = description is null ? null : RemoteUfragOf(description, index)
        where ufrag is not null
        select ufrag;

    // A section that is bundled may leave the credentials to the one that its group is tagged by (RFC 8843 §7.1.3).
    private static string? RemoteUfragOf(AppliedDescription description, int index)
    {
        var document = description.Document;
        if (index >= document.Media.Count)
        {
            return null;
        }

        var media = document.Media[index];
        return document.IceUfragOf(media)
            ?? (media.Mid is { } mid
                && document.BundleGroupOf(mid) is { } group
                && document.Media.FirstOrDefault(other => other.Mid == group[0]) is { } tagged
                ? document.IceUfragOf(tagged)
                : null);
    }

    /// <summary>
    /// Adds a candidate, or the end of them, to the descriptions that represent its generation, and gives it to the agent. Without a
    /// fragment it belongs to the most recent generation, which the pending description has if there is one.
    /// </summary>
    private void AddCandidateToSection(MediaSection section, CandidateAttribute? attribute, string? ufrag)
    {
        if ((ufrag ?? AppliedRemoteUfrags(section.Index).FirstOrDefault()) is not { } generation)
        {
            return;
        }

        foreach (var description in (AppliedDescription?[])[_pendingRemote, _currentRemote])
        {
            if (description is not null && RemoteUfragOf(description, section.Index) == generation)
            {
                AddCandidateToDescription(description, description.Document.Media[section.Index], attribute);
            }
        }

        if (section.Transport is not { } transport || !transport.IsRemoteUfrag(generation))
        {
            return;
        }

        if (attribute is null)
        {
            transport.SetRemoteEndOfCandidates();
        }
        else
        {
            transport.AddRemoteCandidate(attribute, section);
        }
    }

    private static void AddCandidateToDescription(AppliedDescription description, MediaDescription media, CandidateAttribute? attribute)
    {
        if (attribute is null)
        {
            media.EndOfCandidates = true;
        }
        else
        {
            media.AddCandidate(attribute);
        }

        description.Changed();
    }

    /// <summary>
    /// "Create an RTCIceCandidatePair": of the candidates the user knows already where there are such. A remote one that only a check has
    /// shown keeps its address to itself until the peer has told it.
    /// </summary>
    private IceCandidatePair PairOf(PeerTransport transport, Ice.IceCandidatePair pair)
    {
        var section = _sections.FirstOrDefault(candidate => candidate.Transport == transport);
        var local = transport.Ice.FindLocal(pair.Local);
        if (local is null)
        {
            var ufrag = pair.Local.UsernameFragment ?? transport.LocalCredentials.UsernameFragment;
            local =
                IceCandidate.Create(
                    new LocalIceCandidateInit(
                        CandidateConversion.ToSdp(pair.Local, ufrag).ToString(),
                        section?.Mid,
                        (ushort?)section?.Index,
                        ufrag) { Url = pair.Local.Url });
        }

        var remote = transport.Ice.FindRemote(pair.Remote)
            ?? IceCandidate.PeerReflexive(
                section?.Mid,
                (ushort?)section?.Index,
                pair.Remote.UsernameFragment,
                pair.Remote.Priority,
                (ushort)pair.Remote.Address.Port);
        return new IceCandidatePair(local, remote);
    }
}
