namespace Parley.Media;

/// <summary>
/// Makes one track of several that carry the same pictures in different sizes, each encoded already: for simulcast. A sender sends each
/// rendition as the encoding of the same rid; a sender of a single encoding sends the last rendition. The renditions stay their owner's.
/// </summary>
public sealed class SimulcastSource : IMediaSource
{
    private readonly Lock _writing = new();
    private readonly IReadOnlyList<Rendition> _renditions;

    /// <summary>Makes the source.</summary>
    /// <param name="renditions">Names, which are the rids of the encodings, and tracks, the smallest pictures first.</param>
    /// <exception cref="ArgumentException">There is none, a name comes twice, or a track does not carry pictures.</exception>
    public SimulcastSource(params IReadOnlyList<(string Rid, MediaStreamTrack Track)> renditions)
    {
        ArgumentNullException.ThrowIfNull(renditions);
        if (renditions.Count == 0
            || renditions.Select(rendition => rendition.Rid).Distinct().Count() != renditions.Count
            || renditions.Any(rendition => rendition.Track.Kind != MediaKind.Video))
        {
            throw new ArgumentException("Renditions are tracks of pictures, each with a name of its own.", nameof(renditions));
        }

        Renditions = [.. renditions.Select(rendition => rendition.Rid)];
        Formats = renditions.All(rendition => rendition.Track.Formats.Count > 0)
            ? [.. renditions.SelectMany(rendition => rendition.Track.Formats).Distinct()]
            : [];
        Track = new MediaStreamTrack(MediaKind.Video, this, label: renditions[^1].Track.Label);
        _renditions = [.. renditions.Select(rendition => new Rendition(this, rendition.Rid, rendition.Track))];
    }

    /// <summary>The track, to be sent.</summary>
    public MediaStreamTrack Track { get; }

    /// <inheritdoc/>
    public MediaKind Kind => MediaKind.Video;

    /// <inheritdoc/>
    public IReadOnlyList<MediaFormat> Formats { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Renditions { get; }

    /// <inheritdoc/>
    public void Start(MediaStreamTrack track)
    {
        foreach (var rendition in _renditions)
        {
            rendition.Start();
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        foreach (var rendition in _renditions)
        {
            rendition.Stop();
        }
    }

    /// <inheritdoc/>
    public void RequestKeyFrame() => RequestKeyFrame(null);

    /// <inheritdoc/>
    public void RequestKeyFrame(string? rendition)
    {
        foreach (var candidate in _renditions.Where(candidate => rendition is null || candidate.Rid == rendition))
        {
            candidate.Origin.RequestKeyFrame();
        }
    }

    private sealed class Rendition(SimulcastSource source, string rid, MediaStreamTrack origin) : IMediaSink
    {
        private IDisposable? _attachment;

        public string Rid => rid;

        public MediaStreamTrack Origin => origin;

        public void Start() => Interlocked.Exchange(ref _attachment, origin.Attach(this))?.Dispose();

        public void Stop() => Interlocked.Exchange(ref _attachment, null)?.Dispose();

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
        {
            if (!track.Enabled)
            {
                return;
            }

            // The renditions may come on threads of their own; a track's sinks take one frame at a time.
            lock (source._writing)
            {
                source.Track.Write(frame with { Rendition = rid });
            }
        }
    }
}
