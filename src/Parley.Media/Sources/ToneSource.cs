using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>A sine, as raw sound in frames of 20 ms.</summary>
public sealed class ToneSource : PacedSource
{
    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _buffer;
    private readonly double _step;
    private readonly double _amplitude;
    private double _phase;

    /// <summary>Makes the source.</summary>
    /// <param name="frequency">Hz, above 0 and below half the sampling rate.</param>
    /// <param name="level">Loudness in dBov, at most 0: 0 is the loudest square wave, -3 the loudest sine.</param>
    /// <param name="sampleRate">Samples per second, a multiple of 50.</param>
    /// <param name="clock">What times it; null for the system's clock.</param>
    public ToneSource(double frequency = 440, double level = -15, int sampleRate = 48_000, TimeProvider? clock = null)
        : base(MediaKind.Audio, clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sampleRate % 50, 0, nameof(sampleRate));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frequency);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frequency, sampleRate / 2.0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 0);
        Format = MediaFormat.Pcm(sampleRate, 1);
        _buffer = new byte[sampleRate / 50 * sizeof(short)];
        _step = 2 * Math.PI * frequency / sampleRate;
        _amplitude = Math.Min(1, Math.Pow(10, level / 20) * Math.Sqrt(2)) * short.MaxValue;
    }

    /// <summary>The format of its frames.</summary>
    public MediaFormat Format { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<MediaFormat> Formats => [Format];

    /// <inheritdoc/>
    protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame)
    {
        var samples = MemoryMarshal.Cast<byte, short>(_buffer.AsSpan());
        foreach (ref var sample in samples)
        {
            sample = (short)Math.Round(_amplitude * Math.Sin(_phase));
            _phase = (_phase + _step) % (2 * Math.PI);
        }

        frame = new MediaFrame { Format = Format, Data = _buffer, Duration = FrameDuration, IsKeyFrame = true };
        return true;
    }
}
