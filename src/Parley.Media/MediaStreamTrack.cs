using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Parley.Media;

/// <summary>
/// A single line of sound or pictures (Media Capture and Streams §4.3). A local track is fed by its <see cref="IMediaSource"/> or by
/// <see cref="Write"/>; a remote track by the connection that received it. Safe for use from any thread.
/// </summary>
public sealed class MediaStreamTrack
{
    private readonly Lock _gate = new();
    private readonly IMediaSource? _source;
    private readonly IReadOnlyList<MediaFormat> _formats = [];
    private readonly IReadOnlyList<string> _renditions = [];
    private ImmutableArray<IMediaSink> _sinks = [];
    private H264Pictures? _pictures;
    private volatile bool _enabled = true;
    private volatile bool _muted;
    private volatile bool _ended;

    /// <summary>Makes a track.</summary>
    /// <param name="kind">What it carries.</param>
    /// <param name="source">What feeds it; null for a track fed by <see cref="Write"/>.</param>
    /// <param name="id">Its id; null draws one.</param>
    /// <param name="label">A name for people.</param>
    /// <exception cref="ArgumentException">The source produces another kind of media.</exception>
    public MediaStreamTrack(MediaKind kind, IMediaSource? source = null, string? id = null, string label = "")
    {
        if (source is not null && source.Kind != kind)
        {
            throw new ArgumentException("The source produces another kind of media.", nameof(source));
        }

        Kind = kind;
        Id = id ?? Guid.NewGuid().ToString();
        Label = label;
        _source = source;
    }

    /// <summary>The track was muted: no media comes from its source or peer for now.</summary>
    public event EventHandler? Muted;

    /// <summary>Media flows again.</summary>
    public event EventHandler? Unmuted;

    /// <summary>The track ended for a reason other than <see cref="Stop"/>.</summary>
    public event EventHandler? Ended;

    /// <summary>
    /// A receiver asks for a key frame. Raised in a task of the connection that sends the track, or by who calls
    /// <see cref="RequestKeyFrame()"/>.
    /// </summary>
    public event EventHandler<KeyFrameRequestedEventArgs>? KeyFrameRequested;

    /// <summary>What the track carries.</summary>
    public MediaKind Kind { get; }

    /// <summary>The track's id.</summary>
    public string Id { get; }

    /// <summary>A name for people.</summary>
    public string Label { get; }

    /// <summary>The formats of its frames, when its source or its maker told; empty when not known.</summary>
    public IReadOnlyList<MediaFormat> Formats
    {
        get => _source?.Formats ?? _formats;
        init => _formats = value;
    }

    /// <summary>
    /// The names of its renditions (<see cref="MediaFrame.Rendition"/>), the smallest pictures first; empty when there is only one.
    /// </summary>
    public IReadOnlyList<string> Renditions
    {
        get => _source?.Renditions ?? _renditions;
        init => _renditions = value;
    }

    /// <summary>
    /// Whether media passes. Of a disabled track a sender sends no sound, or black pictures; of a remote track nothing is delivered.
    /// </summary>
    public bool Enabled
    {
        get => _enabled;
        set => _enabled = value;
    }

    /// <summary>Whether the source or the peer is unable to provide media for now.</summary>
    public bool IsMuted => _muted;

    /// <summary>Live, or ended.</summary>
    public MediaStreamTrackState ReadyState => _ended ? MediaStreamTrackState.Ended : MediaStreamTrackState.Live;

    /// <summary>A track of its own id and state that carries the same media.</summary>
    public MediaStreamTrack Clone()
    {
        var clone = new MediaStreamTrack(Kind, new CloneSource(this), label: Label) { Enabled = Enabled };
        clone._muted = _muted;
        if (_ended)
        {
            clone.Stop();
        }

        return clone;
    }

    /// <summary>Ends the track without raising <see cref="Ended"/>. It does nothing the second time.</summary>
    public void Stop() => Finish();

    /// <summary>
    /// Hands a frame to the sinks. Sources and applications call it, one frame at a time; frames of an ended track are dropped. Each sink
    /// gets it; what they threw comes out afterwards. H.264 that is length-prefixed gets start codes, and a key frame the parameter sets
    /// that came before it, so that any sink can begin with it.
    /// </summary>
    public void Write(in MediaFrame frame)
    {
        if (_ended)
        {
            return;
        }

        var whole = frame.Format.Kind == MediaKind.Video && frame.Format.Equals(MediaFormat.H264)
            ? (_pictures ??= new H264Pictures()).Complete(frame)
            : frame;
        List<Exception>? errors = null;
        foreach (var sink in _sinks)
        {
            try
            {
                sink.OnFrame(this, whole);
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        HandlerCalls.Throw(errors);
    }

    /// <summary>Adds a sink; the first starts the source. Disposing the result removes it; removing the last stops the source.</summary>
    public IDisposable Attach(IMediaSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        lock (_gate)
        {
            _sinks = _sinks.Add(sink);
            if (_sinks.Length == 1 && !_ended)
            {
                _source?.Start(this);
            }
        }

        return new Attachment(this, sink);
    }

    /// <summary>
    /// The frames as they come, each a copy of its own. A reader that falls behind by more than <paramref name="capacity"/> frames loses
    /// the oldest. Ends when the track does.
    /// </summary>
    public async IAsyncEnumerable<MediaFrame> ReadFramesAsync(
        int capacity = 256, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reader = new FrameReader(capacity);
        using var attachment = Attach(reader);
        lock (_gate)
        {
            if (_ended)
            {
                yield break;
            }

            Finished += reader.Complete;
        }

        try
        {
            await foreach (var frame in reader.Frames.ReadAllAsync(cancellationToken))
            {
                yield return frame;
            }
        }
        finally
        {
            lock (_gate)
            {
                Finished -= reader.Complete;
            }
        }
    }

    /// <summary>Asks the source for a key frame soon; of a remote track, the peer.</summary>
    public void RequestKeyFrame() => RequestKeyFrame(null);

    /// <summary>Asks the source for a key frame soon; of a remote track, the peer.</summary>
    /// <param name="rendition">Of which rendition; null for all.</param>
    public void RequestKeyFrame(string? rendition)
    {
        _source?.RequestKeyFrame(rendition);
        HandlerCalls.Raise(KeyFrameRequested, this, new KeyFrameRequestedEventArgs(rendition));
    }

    /// <summary>
    /// Sets the muted state and raises <see cref="Muted"/> or <see cref="Unmuted"/> when it changed (Media Capture and Streams, "set a
    /// track's muted state"). All handlers are called; what they threw comes out afterwards.
    /// </summary>
    public void SetMuted(bool muted) => SetMuted(muted, HandlerCalls.Raise);

    /// <summary>
    /// Ends the track from the source's side and raises <see cref="Ended"/>. All handlers are called; what they threw comes out afterwards.
    /// </summary>
    public void End() => End(HandlerCalls.Raise);

    internal void SetMuted(bool muted, Action<EventHandler?, object> raise)
    {
        lock (_gate)
        {
            if (_muted == muted)
            {
                return;
            }

            _muted = muted;
        }

        raise(muted ? Muted : Unmuted, this);
    }

    internal void End(Action<EventHandler?, object> raise)
    {
        if (Finish())
        {
            raise(Ended, this);
        }
    }

    private event Action? Finished;

    private bool Finish()
    {
        Action? finished;
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _ended = true;
            finished = Finished;
            if (_sinks.Length > 0)
            {
                _source?.Stop();
            }
        }

        finished?.Invoke();
        return true;
    }

    private void Detach(IMediaSink sink)
    {
        lock (_gate)
        {
            var rest = _sinks.Remove(sink);
            if (rest.Length == _sinks.Length)
            {
                return;
            }

            _sinks = rest;
            if (rest.IsEmpty && !_ended)
            {
                _source?.Stop();
            }
        }
    }

    private sealed class Attachment(MediaStreamTrack track, IMediaSink sink) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                track.Detach(sink);
            }
        }
    }

    private sealed class FrameReader(int capacity) : IMediaSink
    {
        private readonly Channel<MediaFrame> _frames = Channel.CreateBounded<MediaFrame>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public ChannelReader<MediaFrame> Frames => _frames.Reader;

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
        {
            if (track.Enabled)
            {
                _frames.Writer.TryWrite(
                    frame with
                    {
                        Data = frame.Data.ToArray(),
                        Contributors = frame.Contributors.IsEmpty ? default : frame.Contributors.ToArray(),
                    });
            }
        }

        public void Complete() => _frames.Writer.TryComplete();
    }

    private sealed class CloneSource(MediaStreamTrack original) : IMediaSource, IMediaSink
    {
        private MediaStreamTrack? _clone;
        private IDisposable? _attachment;

        public MediaKind Kind => original.Kind;

        public IReadOnlyList<MediaFormat> Formats => original.Formats;

        public IReadOnlyList<string> Renditions => original.Renditions;

        public void Start(MediaStreamTrack track)
        {
            _clone = track;
            _attachment = original.Attach(this);
        }

        public void Stop()
        {
            _attachment?.Dispose();
            _attachment = null;
        }

        public void RequestKeyFrame() => original.RequestKeyFrame();

        public void RequestKeyFrame(string? rendition) => original.RequestKeyFrame(rendition);

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => _clone?.Write(frame);
    }
}
