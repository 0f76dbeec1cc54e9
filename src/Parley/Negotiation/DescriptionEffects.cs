using Parley.Media;

namespace Parley;

/// <summary>
/// What setting a description makes visible, gathered while the gate is held and raised afterwards, in the specification's order.
/// </summary>
internal sealed class DescriptionEffects
{
    public bool SignalingStateChanged { get; set; }

    public List<DataChannel> FailedChannels { get; } = [];

    public List<MediaStreamTrack> MuteTracks { get; } = [];

    public List<(MediaStream Stream, MediaStreamTrack Track)> RemoveList { get; } = [];

    public List<(MediaStream Stream, MediaStreamTrack Track)> AddList { get; } = [];

    public List<TrackEventArgs> TrackEvents { get; } = [];

    /// <summary>Aggregated states that changed with the set of transports.</summary>
    public List<Action> Events { get; } = [];

    /// <summary>Tracks of stopped transceivers; they end in tasks of their own.</summary>
    public List<Action> Ended { get; } = [];
}
