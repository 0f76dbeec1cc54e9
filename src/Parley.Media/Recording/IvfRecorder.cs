using System.Buffers;

namespace Parley.Media;

/// <summary>
/// Records encoded pictures as they come into an IVF file, from the first key frame, which it asks for. Timestamps keep the gaps of what
/// was lost; nothing is made up.
/// </summary>
public sealed class IvfRecorder : Recorder
{
    private const int Rate = 90_000;

    // How many frames go by until a key frame is asked for again.
    private const int Patience = 30;

    // AV1 bitstream specification §7.5: each temporal unit begins with one. RTP leaves it out.
    private static ReadOnlySpan<byte> TemporalDelimiter => [0x12, 0x00];

    private readonly RecordingTimeline _timeline = new();
    private IvfWriter? _writer;
    private MediaFormat? _format;
    private long _lastTicks = -1;
    private volatile bool _needsKeyFrame = true;
    private int _waited;

    /// <summary>Records into a file.</summary>
    /// <param name="path">The file; it is overwritten.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public IvfRecorder(string path, int capacity = 256)
        : this(FileAt(path), capacity)
    {
    }

    /// <summary>Records into a stream, which is disposed at the end. The header is completed only if it can seek.</summary>
    /// <param name="open">Makes the stream, on the first key frame.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public IvfRecorder(Func<Stream> open, int capacity = 256)
        : base(open, capacity)
    {
    }

    /// <inheritdoc/>
    protected override bool Accepts(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (frame.Format.Kind != MediaKind.Video)
        {
            return false;
        }

        if (!_needsKeyFrame)
        {
            return true;
        }

        if (frame.IsKeyFrame)
        {
            _needsKeyFrame = false;
            _waited = 0;
            return true;
        }

        if (_waited++ % Patience == 0)
        {
            track.RequestKeyFrame();
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void OnDropped() => _needsKeyFrame = true;

    /// <inheritdoc/>
    protected override bool Write(in MediaFrame frame, Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _writer ??= Begin(frame, open);
        if (!frame.Format.Equals(_format))
        {
            Refuse(frame.Format, _format!.Name);
            return false;
        }

        // Players want timestamps that grow.
        var ticks = (long)Math.Round(_timeline.Place(frame).TotalSeconds * Rate);
        _lastTicks = Math.Max(ticks, _lastTicks + 1);
        if (frame.Format.Equals(MediaFormat.Av1) && !frame.Data.Span.StartsWith(TemporalDelimiter))
        {
            WriteDelimited(frame.Data.Span);
        }
        else
        {
            _writer.Write(frame.Data.Span, _lastTicks);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Finish() => _writer?.Dispose();

    private void WriteDelimited(ReadOnlySpan<byte> unit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(TemporalDelimiter.Length + unit.Length);
        TemporalDelimiter.CopyTo(buffer);
        unit.CopyTo(buffer.AsSpan(TemporalDelimiter.Length));
        _writer!.Write(buffer.AsSpan(0, TemporalDelimiter.Length + unit.Length), _lastTicks);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private IvfWriter Begin(in MediaFrame frame, Func<Stream> open)
    {
        VideoFrame.TryReadSize(frame.Format, frame.Data.Span, out var width, out var height);
        var header =
            new IvfHeader { FourCC = IvfHeader.FourCCOf(frame.Format), Width = (ushort)width, Height = (ushort)height, Rate = Rate };
        _format = frame.Format;
        return new IvfWriter(open(), header);
    }
}
