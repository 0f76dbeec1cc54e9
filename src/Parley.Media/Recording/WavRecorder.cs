using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>
/// Records sound as 16-bit WAV: raw sound and G.711, and Opus when libopus is there. Gaps become silence. A WAV file ends at 4 GiB; what
/// comes then is dropped.
/// </summary>
public sealed class WavRecorder : Recorder
{
    private readonly RecordingTimeline _timeline = new();
    private AudioDecoder? _decoder;
    private MediaFormat? _format;
    private WavWriter? _writer;

    /// <summary>Records into a file.</summary>
    /// <param name="path">The file; it is overwritten.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public WavRecorder(string path, int capacity = 512)
        : this(FileAt(path), capacity)
    {
    }

    /// <summary>Records into a stream that can seek, which is disposed at the end.</summary>
    /// <param name="open">Makes the stream, on the first frame.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    public WavRecorder(Func<Stream> open, int capacity = 512)
        : base(open, capacity)
    {
    }

    /// <inheritdoc/>
    protected override bool Accepts(MediaStreamTrack track, in MediaFrame frame) => frame.Format.Kind == MediaKind.Audio;

    /// <inheritdoc/>
    protected override bool Write(in MediaFrame frame, Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (_decoder is null)
        {
            _decoder = AudioDecoder.Create(frame.Format);
            _format = frame.Format;
            _writer = new WavWriter(open(), _decoder.Format.ClockRate, _decoder.Format.Channels);
        }

        if (!AudioDecoder.AreOfOneLine(frame.Format, _format!))
        {
            Refuse(frame.Format, $"what was {_format!.Name}");
            return false;
        }

        _decoder.Decode(frame with { Timestamp = _timeline.Place(frame) }, Append);
        return true;
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        _writer?.Dispose();
        _decoder?.Dispose();
    }

    private void Append(in MediaFrame frame)
    {
        // Less than 20 ms is the rounding of timestamps.
        var missing = (long)Math.Round(frame.Timestamp.TotalSeconds * _writer!.SampleRate) - _writer.Frames;
        if (missing > _writer.SampleRate / 50)
        {
            _writer.WriteSilence(missing);
        }

        _writer.Write(MemoryMarshal.Cast<byte, short>(frame.Data.Span));
    }
}
