using System.Collections.Immutable;

namespace Parley.Media;

/// <summary>
/// Tracks that belong together and are played in time with each other (Media Capture and Streams §4.2). Safe for use from any thread.
/// </summary>
public sealed class MediaStream
{
    private readonly Lock _gate = new();
    private ImmutableArray<MediaStreamTrack> _tracks;

    /// <summary>Makes a stream.</summary>
    /// <param name="id">Its id; null draws one.</param>
    /// <param name="tracks">Its first tracks.</param>
    public MediaStream(string? id = null, params IEnumerable<MediaStreamTrack> tracks)
    {
        Id = id ?? Guid.NewGuid().ToString();
        _tracks = [.. tracks.Distinct()];
    }

    /// <summary>The peer added a track.</summary>
    public event EventHandler<MediaStreamTrack>? TrackAdded;

    /// <summary>The peer removed a track.</summary>
    public event EventHandler<MediaStreamTrack>? TrackRemoved;

    /// <summary>The stream's id.</summary>
    public string Id { get; }

    /// <summary>The stream's tracks.</summary>
    public IReadOnlyList<MediaStreamTrack> Tracks => _tracks;

    /// <summary>The tracks of sound.</summary>
    /// <remarks>getAudioTracks.</remarks>
    public IReadOnlyList<MediaStreamTrack> GetAudioTracks() => [.. _tracks.Where(track => track.Kind == MediaKind.Audio)];

    /// <summary>The tracks of pictures.</summary>
    /// <remarks>getVideoTracks.</remarks>
    public IReadOnlyList<MediaStreamTrack> GetVideoTracks() => [.. _tracks.Where(track => track.Kind == MediaKind.Video)];

    /// <summary>The track of an id; null when there is none.</summary>
    /// <remarks>getTrackById.</remarks>
    public MediaStreamTrack? GetTrackById(string id) => _tracks.FirstOrDefault(track => track.Id == id);

    /// <summary>A stream of a new id with a clone of each track.</summary>
    public MediaStream Clone() => new(null, _tracks.Select(track => track.Clone()));

    /// <summary>Whether any track is live.</summary>
    public bool IsActive => _tracks.Any(track => track.ReadyState == MediaStreamTrackState.Live);

    /// <summary>Adds a track; false when the stream has it already. Raises nothing.</summary>
    public bool Add(MediaStreamTrack track)
    {
        ArgumentNullException.ThrowIfNull(track);
        lock (_gate)
        {
            if (_tracks.Contains(track))
            {
                return false;
            }

            _tracks = _tracks.Add(track);
            return true;
        }
    }

    /// <summary>Removes a track; false when the stream does not have it. Raises nothing.</summary>
    public bool Remove(MediaStreamTrack track)
    {
        ArgumentNullException.ThrowIfNull(track);
        lock (_gate)
        {
            var rest = _tracks.Remove(track);
            var removed = rest.Length != _tracks.Length;
            _tracks = rest;
            return removed;
        }
    }

    /// <summary>
    /// Adds a track on behalf of the peer and raises <see cref="TrackAdded"/> when it was not there. All handlers are called; what they
    /// threw comes out afterwards.
    /// </summary>
    public void AddRemote(MediaStreamTrack track) => AddRemote(track, HandlerCalls.Raise);

    /// <summary>
    /// Removes a track on behalf of the peer and raises <see cref="TrackRemoved"/> when it was there. All handlers are called; what they
    /// threw comes out afterwards.
    /// </summary>
    public void RemoveRemote(MediaStreamTrack track) => RemoveRemote(track, HandlerCalls.Raise);

    internal void AddRemote(MediaStreamTrack track, Action<EventHandler<MediaStreamTrack>?, object, MediaStreamTrack> raise)
    {
        if (Add(track))
        {
            raise(TrackAdded, this, track);
        }
    }

    internal void RemoveRemote(MediaStreamTrack track, Action<EventHandler<MediaStreamTrack>?, object, MediaStreamTrack> raise)
    {
        if (Remove(track))
        {
            raise(TrackRemoved, this, track);
        }
    }
}
