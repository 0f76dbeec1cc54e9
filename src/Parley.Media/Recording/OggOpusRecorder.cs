namespace Parley.Media;

/// <summary>
/// Records Opus as it comes into an Ogg file. What is missing, by the timestamps, is written as packets without content, which
/// players conceal (RFC 7845 §4.1).
/// </summary>
public sealed class OggOpusRecorder : Recorder
{
    private const int SampleRate = 48_000;

    private readonly RecordingTimeline _timeline = new();
    private readonly OpusTags _tags;
    private OggWriter? _writer;
    private byte _lastToc;

    /// <summary>Records into a file.</summary>
    /// <param name="path">The file; it is overwritten.</param>
    /// <param name="tags">Its comments; null for none.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public OggOpusRecorder(string path, OpusTags? tags = null, int capacity = 512)
        : this(FileAt(path), tags, capacity)
    {
    }

    /// <summary>Records into a stream, which is disposed at the end.</summary>
    /// <param name="open">Makes the stream, on the first frame.</param>
    /// <param name="tags">Its comments; null for none.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public OggOpusRecorder(Func<Stream> open, OpusTags? tags = null, int capacity = 512)
        : base(open, capacity) => _tags = tags ?? new OpusTags();

    /// <inheritdoc/>
    protected override bool Accepts(MediaStreamTrack track, in MediaFrame frame) => frame.Format.Kind == MediaKind.Audio;

    /// <inheritdoc/>
    protected override bool Write(in MediaFrame frame, Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!frame.Format.Equals(MediaFormat.Opus))
        {
            Refuse(frame.Format, "Opus");
            return false;
        }

        var packet = frame.Data.Span;
        var samples = OpusPacket.SamplesOf(packet);
        if (samples == 0)
        {
            return false;
        }

        // No pre-skip: the recording may begin anywhere in the encoder's life, and shall stay in time with the picture's.
        _writer ??= new OggWriter(open(), new OpusHead { Channels = (byte)(OpusPacket.IsStereo(packet[0]) ? 2 : 1), PreSkip = 0 }, _tags);
        var place = (long)Math.Round(_timeline.Place(frame).TotalSeconds * SampleRate);
        if (place + samples <= _writer.Samples)
        {
            return false;
        }

        Fill(place, _writer.Samples == 0 ? packet[0] : _lastToc);
        _lastToc = packet[0];
        _writer.Write(packet);
        return true;
    }

    /// <inheritdoc/>
    protected override void Finish() => _writer?.Dispose();

    // RFC 7845 §4.1: the packets in a gap "SHOULD use the same configuration as the previous packet", a lone TOC byte meaning no content.
    private void Fill(long place, byte toc)
    {
        var filler = (byte)(toc & 0xFC);
        var samples = OpusPacket.FrameSamplesOf(filler);
        while (_writer!.Samples + samples <= place)
        {
            _writer.Write([filler]);
        }
    }
}
