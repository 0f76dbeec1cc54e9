using System.Diagnostics;
using System.Globalization;

namespace Parley.Cli.Calls;

/// <summary>The bitrate of one stream between two looks at it.</summary>
internal sealed class TrackRate
{
    private long _bytes;
    private long _at;

    /// <summary>Bits per second of payload; null after one look only.</summary>
    public double? BitsPerSecond { get; private set; }

    /// <summary>Takes another look.</summary>
    public void Add(TrackReport track)
    {
        long now = Stopwatch.GetTimestamp();
        BitsPerSecond = _at == 0 ? null : (track.Bytes - _bytes) * 8 / Math.Max(1e-3, Stopwatch.GetElapsedTime(_at, now).TotalSeconds);
        _bytes = track.Bytes;
        _at = now;
    }

    public override string ToString() =>
        BitsPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate / 1000:0} kbit/s") : "";

    /// <summary>Seconds as milliseconds, or nothing.</summary>
    public static string Milliseconds(double? seconds) =>
        seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 1000:0.0} ms") : "";
}
