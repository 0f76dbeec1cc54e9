using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>Plays a WAV file as raw sound of 48 kHz in frames of 20 ms, mono or stereo; who sends it needs an encoder for it.</summary>
public sealed class WavSource : PacedSource
{
    private const int SampleRate = 48_000;
    private const int FrameSamples = SampleRate / 50;

    private readonly WavReader _reader;
    private readonly bool _loop;
    private readonly FrameFeed? _feed;
    private readonly PcmConverter _converter;
    private readonly short[] _read;
    private readonly byte[] _frame;
    private short[] _waiting = [];
    private int _waitingLength;

    /// <summary>Opens the file.</summary>
    /// <param name="stream">The file. The source disposes it.</param>
    /// <param name="loop">Whether it begins anew at the end, if it can: a pipe is played once. Otherwise the track ends.</param>
    /// <param name="clock">What times it; null for the system's clock.</param>
    /// <exception cref="InvalidDataException">It is no WAV file that can be read; the message gives the position.</exception>
    public WavSource(Stream stream, bool loop = true, TimeProvider? clock = null)
        : base(MediaKind.Audio, clock)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _reader = new WavReader(stream);
        _loop = loop && stream.CanSeek;
        Format = MediaFormat.Pcm(SampleRate, _reader.Channels == 2 ? 2 : 1);
        _converter = new PcmConverter(MediaFormat.Pcm(_reader.SampleRate, _reader.Channels), Format);
        _read = new short[Math.Max(1, _reader.SampleRate / 50) * _reader.Channels];
        _frame = new byte[FrameSamples * Format.Channels * sizeof(short)];
        _feed = stream.CanSeek ? null : new FrameFeed("WAV", TryNext, _reader);
    }

    /// <summary>The format of its frames.</summary>
    public MediaFormat Format { get; }

    /// <summary>Opens a file.</summary>
    public static WavSource Open(string path, bool loop = true, TimeProvider? clock = null) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), loop, clock);

    /// <inheritdoc/>
    public override IReadOnlyList<MediaFormat> Formats => [Format];

    /// <inheritdoc/>
    protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame) =>
        _feed is null ? TryNext(out frame) : _feed.TryProduce(Format, keyFrameWanted: false, out frame);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        ((IDisposable?)_feed ?? _reader).Dispose();
    }

    private bool TryNext(out MediaFrame frame)
    {
        frame = default;
        var needed = _frame.Length / sizeof(short);
        var rewound = false;
        while (_waitingLength < needed)
        {
            var count = _reader.Read(_read);
            if (count > 0)
            {
                Append(_converter.Convert(_read.AsSpan(0, count)));
                rewound = false;
                continue;
            }

            if (!_loop || rewound)
            {
                // The last piece is filled up with silence.
                if (_waitingLength == 0)
                {
                    return false;
                }

                Append(new short[needed - _waitingLength]);
                break;
            }

            _reader.Rewind();
            rewound = true;
        }

        _waiting.AsSpan(0, needed).CopyTo(MemoryMarshal.Cast<byte, short>(_frame.AsSpan()));
        _waitingLength -= needed;
        _waiting.AsSpan(needed, _waitingLength).CopyTo(_waiting);
        frame = new MediaFrame { Format = Format, Data = _frame, Duration = TimeSpan.FromMilliseconds(20), IsKeyFrame = true };
        return true;
    }

    private void Append(ReadOnlySpan<short> samples)
    {
        if (_waitingLength + samples.Length > _waiting.Length)
        {
            Array.Resize(ref _waiting, Math.Max(_waiting.Length * 2, _waitingLength + samples.Length));
        }

        samples.CopyTo(_waiting.AsSpan(_waitingLength));
        _waitingLength += samples.Length;
    }
}
