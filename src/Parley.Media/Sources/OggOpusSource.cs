namespace Parley.Media;

/// <summary>Plays the Opus packets of an Ogg file as they are; nothing is decoded.</summary>
public sealed class OggOpusSource : PacedSource
{
    private readonly OggReader _reader;
    private readonly bool _loop;
    private readonly FrameFeed? _feed;

    /// <summary>Opens the stream.</summary>
    /// <param name="stream">The file. The source disposes it.</param>
    /// <param name="loop">Whether it begins anew at the end, if it can: a pipe is played once. Otherwise the track ends.</param>
    /// <param name="clock">What times it; null for the system's clock.</param>
    /// <exception cref="InvalidDataException">The file is broken or holds no mono or stereo Opus; the message gives the
    /// position.</exception>
    public OggOpusSource(Stream stream, bool loop = true, TimeProvider? clock = null)
        : base(MediaKind.Audio, clock)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _reader = new OggReader(stream);
        _loop = loop && stream.CanSeek;

        CheckMapping();
        _feed = stream.CanSeek ? null : new FrameFeed("Ogg", TryNext, _reader);
    }

    /// <summary>The file's comments.</summary>
    public OpusTags Tags => _reader.Tags;

    /// <summary>Opens a file.</summary>
    public static OggOpusSource Open(string path, bool loop = true, TimeProvider? clock = null) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), loop, clock);

    /// <inheritdoc/>
    public override IReadOnlyList<MediaFormat> Formats => [MediaFormat.Opus];

    /// <inheritdoc/>
    protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame)
    {
        if (_feed is not null)
        {
            return _feed.TryProduce(MediaFormat.Opus, keyFrameWanted: false, out frame);
        }

        if (TryNext(out frame))
        {
            return true;
        }

        if (!_loop)
        {
            return false;
        }

        _reader.Rewind();
        return TryNext(out frame);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        ((IDisposable?)_feed ?? _reader).Dispose();
    }

    // RFC 7587 §4: RTP carries mono and stereo; other mappings are several Opus streams in one packet.
    private void CheckMapping()
    {
        if (_reader.Head.MappingFamily != 0)
        {
            throw new InvalidDataException(
                $"Byte {_reader.Position}: {_reader.Head.Channels} channels in mapping family {_reader.Head.MappingFamily}; "
                + "RTP carries mono and stereo.");
        }
    }

    private bool TryNext(out MediaFrame frame)
    {
        while (_reader.TryRead(out var packet))
        {
            // Another file may be joined to the first.
            CheckMapping();

            // Empty and broken packets have no duration, so they cannot be played.
            if (OpusPacket.DurationOf(packet.Data.Span) is { Ticks: > 0 } duration)
            {
                frame = new MediaFrame { Format = MediaFormat.Opus, Data = packet.Data, Duration = duration, IsKeyFrame = true };
                return true;
            }
        }

        frame = default;
        return false;
    }
}
