using Parley.Media;
using Parley.Sdp;

namespace Parley;

// "Processing remote MediaStreamTracks" (webrtc-pc §5.1.1).
public sealed partial class PeerConnection
{
    private string? _defaultRemoteStreamId;

    private void ProcessRemoteTracks(
        RtpTransceiver transceiver, RtpTransceiverDirection? direction, IReadOnlyList<string> msids, DescriptionEffects effects)
    {
        var added = effects.AddList.Count;
        SetAssociatedRemoteStreams(transceiver.Receiver, msids, effects);
        if ((direction.Receives() && !transceiver.FiredDirection.Receives()) || effects.AddList.Count > added)
        {
            effects.TrackEvents.Add(new TrackEventArgs(transceiver, transceiver.Receiver.RemoteStreams));
        }

        if (direction is RtpTransceiverDirection.SendOnly or RtpTransceiverDirection.Inactive)
        {
            // Whether a track event was fired or not: media that came before the answer may have unmuted the track of a section that
            // receives nothing.
            transceiver.IsReceptive = false;
            ProcessRemovalOfRemoteTrack(transceiver, effects);
        }

        transceiver.FiredDirection = direction;
    }

    /// <summary>
    /// The MSIDs of a remote section. RFC 9429 §5.8.2: "If no a=msid attributes are present, a random msid-id value is generated for a
    /// 'default' MediaStream for the session, if not already present".
    /// </summary>
    private IReadOnlyList<string> RemoteMsids(MediaDescription media) =>
        media.RemoteStreamIds() ?? [_defaultRemoteStreamId ??= Guid.NewGuid().ToString()];

    private static void ProcessRemovalOfRemoteTrack(RtpTransceiver transceiver, DescriptionEffects effects)
    {
        if (!transceiver.Receiver.Track.IsMuted)
        {
            effects.MuteTracks.Add(transceiver.Receiver.Track);
        }
    }

    private void SetAssociatedRemoteStreams(RtpReceiver receiver, IReadOnlyList<string> msids, DescriptionEffects effects)
    {
        var streams = new List<MediaStream>();
        foreach (var id in msids)
        {
            if (!_remoteStreams.TryGetValue(id, out var stream))
            {
                _remoteStreams[id] = stream = new MediaStream(id);
            }

            streams.Add(stream);
        }

        effects.RemoveList.AddRange(receiver.RemoteStreams.Except(streams).Select(stream => (stream, receiver.Track)));
        effects.AddList.AddRange(streams.Except(receiver.RemoteStreams).Select(stream => (stream, receiver.Track)));
        receiver.RemoteStreams = streams;
    }
}
