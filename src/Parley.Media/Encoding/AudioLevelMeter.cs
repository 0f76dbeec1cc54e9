namespace Parley.Media;

/// <summary>
/// Measures how loud raw sound is, in dBov: 0 is the loudest square wave, -127 silence (RFC 6464 §3). Not safe for concurrent use.
/// </summary>
public sealed class AudioLevelMeter
{
    /// <summary>What silence measures.</summary>
    public const double Silence = -127;

    private double _squares;
    private long _samples;

    /// <summary>The loudest of all calls of <see cref="Add"/> since the last reset.</summary>
    public double Peak { get; private set; } = Silence;

    /// <summary>The level of everything since the last reset; of nothing, <see cref="Silence"/>.</summary>
    public double Level => _samples == 0 ? Silence : Decibels(_squares / _samples);

    /// <summary>The level of these samples by their root mean square.</summary>
    public static double LevelOf(ReadOnlySpan<short> samples) => samples.IsEmpty ? Silence : Decibels(Squares(samples) / samples.Length);

    /// <summary>Takes more sound and gives its level.</summary>
    public double Add(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty)
        {
            return Silence;
        }

        var squares = Squares(samples);
        _squares += squares;
        _samples += samples.Length;
        var level = Decibels(squares / samples.Length);
        Peak = Math.Max(Peak, level);
        return level;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _squares = 0;
        _samples = 0;
        Peak = Silence;
    }

    private static double Squares(ReadOnlySpan<short> samples)
    {
        long sum = 0;
        foreach (var sample in samples)
        {
            sum += sample * sample;
        }

        return sum;
    }

    private static double Decibels(double meanSquare) =>
        meanSquare <= 0 ? Silence : Math.Clamp(10 * Math.Log10(meanSquare / (32_768.0 * 32_768.0)), Silence, 0);
}
