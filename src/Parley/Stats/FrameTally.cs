using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>What can be told of a stream's frames without decoding them. Not for several threads at once.</summary>
internal sealed class FrameTally
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pictures so close behind each other are counted together, so that a second's fit a thousand entries whatever their rate.
    /// </summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(1);

    private (Instant At, int Pictures)[] _recent = new (Instant, int)[64];
    private int _head;
    private int _count;
    private int _recentPictures;
    private bool _hasPicture;
    private TimeSpan? _duration = TimeSpan.Zero;
    private double? _energy = 0;
    private TimeSpan _delay;
    private long? _emitted = 0;
    private Instant? _firstPictureAt;
    private DateTimeOffset? _capturedAt;
    private Instant _shownAt;

    /// <summary>The width of the last key frame that told it.</summary>
    public int? Width { get; private set; }

    /// <summary>Its height.</summary>
    public int? Height { get; private set; }

    /// <summary>The seconds of sound; null once a frame did not tell.</summary>
    public double? Duration => _duration?.TotalSeconds;

    /// <summary>
    /// The energy of the sound (webrtc-stats, totalAudioEnergy), by the levels of its frames (RFC 6464); null once a frame had none.
    /// </summary>
    public double? Energy => _energy;

    /// <summary>The level of the last frame of sound, 0 to 1; null when it had none.</summary>
    public double? Level { get; private set; }

    /// <summary>Pictures.</summary>
    public long Frames { get; private set; }

    /// <summary>Pictures that came in more than one packet.</summary>
    public long Assembled { get; private set; }

    /// <summary>The time between the first and the last packet of those, all together.</summary>
    public TimeSpan AssemblyTime { get; private set; }

    /// <summary>The seconds that frames, or samples, were held back, all together; null once a frame did not tell its samples.</summary>
    public double? Delay => _emitted is null ? null : _delay.TotalSeconds;

    /// <summary>How many they are.</summary>
    public long? Emitted => _emitted;

    /// <summary>Whether a second has passed since the first picture.</summary>
    public bool IsOfASecond(Instant now) => _firstPictureAt is { } first && now - first >= Window;

    /// <summary>What is shown at an instant, by the sender's wall clock; null when not known.</summary>
    public DateTimeOffset? PlayoutAt(Instant now) => _capturedAt + (now - _shownAt);

    /// <summary>Takes the time of a frame's capture, which is handed to the track now.</summary>
    public void SetPlayout(DateTimeOffset capturedAt, Instant now) => (_capturedAt, _shownAt) = (capturedAt, now);

    /// <summary>Counts how a picture was put together.</summary>
    public void AddAssembly(ReceivedFrame frame, Instant now)
    {
        AddDelay(now - frame.FirstArrivedAt, 1);
        if (frame.PacketCount > 1)
        {
            Assembled++;
            AssemblyTime += frame.LastArrivedAt - frame.FirstArrivedAt;
        }
    }

    /// <summary>Counts how long a picture, or each of some samples, was held back; null: their number is not known.</summary>
    public void AddDelay(TimeSpan delay, long? count)
    {
        _emitted += count;
        _delay += delay * (count ?? 0);
    }

    /// <summary>Counts a picture; its size, if it is known, is above 0.</summary>
    public void AddPicture(Instant now, int width, int height)
    {
        _hasPicture = true;
        _firstPictureAt ??= now;
        Frames++;
        if (width > 0 && height > 0)
        {
            (Width, Height) = (width, height);
        }

        Forget(now);
        _recentPictures++;
        ref var last = ref _recent[(_head + _count - 1) & (_recent.Length - 1)];
        if (_count > 0 && now - last.At < Together)
        {
            last.Pictures++;
            return;
        }

        if (_count == _recent.Length)
        {
            var wider = new (Instant, int)[_recent.Length * 2];
            for (var i = 0; i < _count; i++)
            {
                wider[i] = _recent[(_head + i) & (_recent.Length - 1)];
            }

            (_recent, _head) = (wider, 0);
        }

        _recent[(_head + _count++) & (_recent.Length - 1)] = (now, 1);
    }

    /// <summary>Counts a frame of sound.</summary>
    /// <returns>Its samples; null when its format does not tell.</returns>
    public long? AddSound(MediaFormat format, ReadOnlySpan<byte> data, byte? level)
    {
        if (format.Equals(MediaFormat.ComfortNoise))
        {
            // A description of silence has no samples.
            return 0;
        }

        var duration = DurationOf(format, data);
        _duration = duration is { } length ? _duration + length : null;

        // The level is 20 log10 of the root mean square: its square is 10^(-level / 10). 127 is silence.
        double? power = level is { } decibel ? (decibel >= 127 ? 0 : Math.Pow(10, -decibel / 10.0)) : null;
        Level = power is { } square ? Math.Sqrt(square) : null;
        _energy += power * duration?.TotalSeconds;
        return duration is { } time ? (long)Math.Round(time.TotalSeconds * format.ClockRate) : null;
    }

    /// <summary>Pictures within the last second; null before the first.</summary>
    public double? FramesPerSecond(Instant now)
    {
        Forget(now);
        return _hasPicture ? _recentPictures : null;
    }

    private static TimeSpan? DurationOf(MediaFormat format, ReadOnlySpan<byte> data)
    {
        if (format.Equals(MediaFormat.Opus))
        {
            return OpusPacket.DurationOf(data);
        }

        var sampleSize = format.Equals(MediaFormat.Pcmu) || format.Equals(MediaFormat.Pcma) ? 1
            : string.Equals(format.Name, "L16", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        return sampleSize == 0
            ? null
            : TimeSpan.FromSeconds((double)data.Length / sampleSize / Math.Max(1, format.Channels) / format.ClockRate);
    }

    private void Forget(Instant now)
    {
        while (_count > 0 && now - _recent[_head].At >= Window)
        {
            _recentPictures -= _recent[_head].Pictures;
            _head = (_head + 1) & (_recent.Length - 1);
            _count--;
        }
    }
}
