using Parley.Media;

namespace Parley.Tests.Glare;

/// <summary>What the model remembers of a transceiver: the slots of webrtc-pc §5.4 that decide about the events of a description.</summary>
internal sealed class ModelTransceiver(RtpTransceiver transceiver)
{
    public RtpTransceiver Transceiver => transceiver;

    /// <summary>The section that it belongs to. One that a description has just stopped has none any more: then, the last.</summary>
    public string? Mid => transceiver.CurrentDirection == RtpTransceiverDirection.Stopped ? LastMid : transceiver.Mid;

    /// <summary>The last mid that was seen of it.</summary>
    public string? LastMid { get; set; }

    public MediaStreamTrack Track => transceiver.Receiver.Track;

    /// <summary>Whether [[FiredDirection]] receives.</summary>
    public bool FiredReceives { get; set; }

    /// <summary>Whether [[CurrentDirection]] receives.</summary>
    public bool CurrentReceives { get; set; }

    /// <summary>The ids of [[AssociatedRemoteMediaStreams]].</summary>
    public IReadOnlyList<string> Streams { get; set; } = [];

    /// <summary>The ids of [[LastStableStateAssociatedRemoteMediaStreams]].</summary>
    public IReadOnlyList<string> StableStreams { get; set; } = [];

    /// <summary>Whether the track was muted before the description that is looked at.</summary>
    public bool WasMuted { get; set; } = transceiver.Receiver.Track.IsMuted;
}
