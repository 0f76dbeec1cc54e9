namespace Parley.Media;

/// <summary>
/// A local track that carries on what another track brings, as an echo or a forwarder does. It takes frames while it has sinks itself; the
/// wish for a key frame goes to the origin, and is made anew whenever the relay begins. It ends with its origin.
/// </summary>
public sealed class TrackRelay : IMediaSource, IMediaSink, IDisposable
{
    private readonly MediaStreamTrack _origin;
    private IDisposable? _attachment;

    /// <summary>Makes a relay.</summary>
    /// <param name="origin">The track whose frames are carried on.</param>
    public TrackRelay(MediaStreamTrack origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        _origin = origin;
        Track = new MediaStreamTrack(origin.Kind, this, label: origin.Label);
        origin.Ended += OnEnded;
    }

    /// <summary>The local track, to be sent.</summary>
    public MediaStreamTrack Track { get; }

    /// <inheritdoc/>
    public MediaKind Kind => _origin.Kind;

    /// <inheritdoc/>
    public IReadOnlyList<MediaFormat> Formats => _origin.Formats;

    /// <inheritdoc/>
    public IReadOnlyList<string> Renditions => _origin.Renditions;

    /// <inheritdoc/>
    public void Start(MediaStreamTrack track)
    {
        Interlocked.Exchange(ref _attachment, _origin.Attach(this))?.Dispose();
        RequestKeyFrame();
    }

    /// <inheritdoc/>
    public void Stop() => Interlocked.Exchange(ref _attachment, null)?.Dispose();

    /// <inheritdoc/>
    public void RequestKeyFrame() => RequestKeyFrame(null);

    /// <inheritdoc/>
    public void RequestKeyFrame(string? rendition)
    {
        if (Kind == MediaKind.Video)
        {
            _origin.RequestKeyFrame(rendition);
        }
    }

    /// <inheritdoc/>
    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (track.Enabled)
        {
            Track.Write(frame);
        }
    }

    /// <summary>Ends the local track; the origin goes on.</summary>
    public void Dispose()
    {
        _origin.Ended -= OnEnded;
        Track.Stop();
    }

    private void OnEnded(object? sender, EventArgs e) => Track.End();
}
