using Parley.Media;

namespace Parley.Tests.Glare;

/// <summary>
/// What descriptions make happen to remote tracks (webrtc-pc §4.4.1.5 and §5.1.1), foretold from their text and compared with what was
/// seen: mute, removetrack, addtrack and track events, in this order, after signalingstatechange and before the promise.
/// </summary>
internal sealed class TrackModel
{
    private readonly PeerConnection _connection;
    private readonly Action<string> _note;
    private readonly Action<bool, string> _expect;
    private readonly bool _seesCalls;
    private readonly List<ModelTransceiver> _transceivers = [];
    private readonly Dictionary<string, MediaStream> _streams = [];
    private readonly HashSet<string> _watchedStreams = [];
    private readonly List<string> _seen = [];
    private List<string> _mutes = [], _removes = [], _adds = [], _trackEvents = [];

    public TrackModel(PeerConnection connection, bool seesCalls, Action<string> note, Action<bool, string> expect)
    {
        (_connection, _seesCalls, _note, _expect) = (connection, seesCalls, note, expect);
        connection.TrackAdded += (_, args) => OnTrackAdded(args);
    }

    /// <summary>It comes before everything else that a description makes happen.</summary>
    public void OnSignalingStateChanged(SignalingState from, SignalingState to)
    {
        _expect(_seen.TrueForAll(IsMute), $"before signalingstatechange came {string.Join(", ", _seen)}");
        LookForTransceivers();
        if (from == SignalingState.Stable && to is SignalingState.HaveLocalOffer or SignalingState.HaveRemoteOffer)
        {
            _transceivers.ForEach(transceiver => transceiver.StableStreams = transceiver.Streams);
        }
    }

    /// <summary>The promise of setRemoteDescription was resolved.</summary>
    public void ExpectRemote(SessionDescription description)
    {
        LookForTransceivers();
        if (description.Type == SdpType.Rollback)
        {
            _transceivers.ForEach(transceiver =>
                Process(transceiver, transceiver.CurrentReceives, IsStopped(transceiver) ? [] : transceiver.StableStreams));
        }

        foreach (var section in ModelSection.ReadFrom(description.Sdp))
        {
            if (Find(section) is not { } transceiver)
            {
                continue;
            }

            // From this side's point of view: what the peer sends is received.
            Process(transceiver, section.Sends, section.Sends ? section.StreamIds : []);
            if (description.Type != SdpType.Offer || section.IsRejected)
            {
                transceiver.CurrentReceives = section.Sends;
            }
        }

        ExpectForetold($"SRD({description.Type})");
    }

    /// <summary>The promise of setLocalDescription was resolved; null for a rollback.</summary>
    public void ExpectLocal(SessionDescription? description)
    {
        LookForTransceivers();
        if (description?.Type is SdpType.Answer or SdpType.Pranswer)
        {
            foreach (var section in ModelSection.ReadFrom(description.Sdp))
            {
                if (Find(section) is { } transceiver)
                {
                    ProcessLocal(transceiver, section.Receives);
                }
            }
        }

        ExpectForetold($"SLD({description?.Type})");
    }

    private static bool IsMute(string seen) => seen.StartsWith("mute ", StringComparison.Ordinal);

    private static bool IsStopped(ModelTransceiver transceiver) =>
        transceiver.Transceiver.CurrentDirection == RtpTransceiverDirection.Stopped;

    private ModelTransceiver? Find(ModelSection section) =>
        section.Kind == "application" ? null : _transceivers.Find(transceiver => transceiver.Mid == section.Mid);

    private void Process(ModelTransceiver transceiver, bool receives, IReadOnlyList<string> streams)
    {
        var added = SetStreams(transceiver, streams);
        if ((receives && !transceiver.FiredReceives) || added)
        {
            _trackEvents.Add($"track {transceiver.Track.Id} of {string.Join(' ', streams)}");
        }

        if (!receives)
        {
            Mute(transceiver);
        }

        transceiver.FiredReceives = receives;
    }

    private void ProcessLocal(ModelTransceiver transceiver, bool receives)
    {
        if (!receives)
        {
            SetStreams(transceiver, transceiver.FiredReceives ? [] : transceiver.Streams);
            Mute(transceiver);
        }

        transceiver.FiredReceives = transceiver.CurrentReceives = receives;
    }

    private void Mute(ModelTransceiver transceiver)
    {
        if (!transceiver.WasMuted)
        {
            _mutes.Add($"mute {transceiver.Track.Id}");
        }
    }

    /// <summary>Foretells what happens to streams that could be watched; of a stream that is new the track event says enough.</summary>
    private bool SetStreams(ModelTransceiver transceiver, IReadOnlyList<string> streams)
    {
        var added = streams.Except(transceiver.Streams).ToArray();
        _removes.AddRange(
            transceiver.Streams.Except(streams).Where(_watchedStreams.Contains).Select(stream =>
                $"removetrack {stream} {transceiver.Track.Id}"));
        _adds.AddRange(added.Where(_watchedStreams.Contains).Select(stream => $"addtrack {stream} {transceiver.Track.Id}"));
        transceiver.Streams = streams;
        return added.Length > 0;
    }

    private void ExpectForetold(string what)
    {
        // A track also mutes when its source says goodbye (§5.6), at any time.
        string[] foretold = [.. _mutes, .. _removes, .. _adds, .. _trackEvents];
        var rest = _seen.Where(seen => !IsMute(seen));
        var mutes = _seen.TakeWhile(IsMute).ToArray();
        _expect(
            _mutes.TrueForAll(mutes.Contains) && foretold.Skip(_mutes.Count).SequenceEqual(rest),
            $"of {what} was foretold [{string.Join("; ", foretold)}], and there came [{string.Join("; ", _seen)}]");
        (_mutes, _removes, _adds, _trackEvents) = ([], [], [], []);
        _seen.Clear();
        _watchedStreams.UnionWith(_streams.Keys);
        var present = _connection.GetTransceivers();
        _transceivers.RemoveAll(transceiver => !present.Contains(transceiver.Transceiver));
        _transceivers.ForEach(transceiver => transceiver.WasMuted = transceiver.Track.IsMuted);
    }

    private void LookForTransceivers()
    {
        foreach (var transceiver in _connection.GetTransceivers())
        {
            if (!_transceivers.Exists(known => known.Transceiver == transceiver))
            {
                var added = new ModelTransceiver(transceiver);
                _transceivers.Add(added);
                added.Track.Muted += (_, _) => See($"mute {added.Track.Id}");
                added.Track.Unmuted += (_, _) =>
                {
                    _note($"unmute {transceiver.Mid}");
                    _expect(
                        transceiver.CurrentDirection != RtpTransceiverDirection.Stopped, "the track of a stopped transceiver was unmuted");
                    added.WasMuted = false;
                };
            }
        }

        _transceivers.ForEach(known => known.LastMid = known.Transceiver.Mid ?? known.LastMid);
    }

    private void OnTrackAdded(TrackEventArgs args)
    {
        See($"track {args.Track.Id} of {string.Join(' ', args.Streams.Select(stream => stream.Id))}");
        _expect(
            args.Transceiver.Receiver == args.Receiver && args.Receiver.Track == args.Track,
            "a track event's members do not belong together");
        _expect(args.Streams.All(stream => stream.Tracks.Contains(args.Track)), "a track event came before its track was in its streams");
        foreach (var stream in args.Streams)
        {
            if (_streams.TryAdd(stream.Id, stream))
            {
                stream.TrackAdded += (_, track) => See($"addtrack {stream.Id} {track.Id}");
                stream.TrackRemoved += (_, track) => See($"removetrack {stream.Id} {track.Id}");
            }

            _expect(_streams[stream.Id] == stream, $"there are two streams of the id {stream.Id}");
        }
    }

    private void See(string what)
    {
        _note(what);
        if (_seesCalls)
        {
            _seen.Add(what);
        }
    }
}
