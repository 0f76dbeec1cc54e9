namespace Parley.Media;

/// <summary>
/// Changes the sampling rate of interleaved sound by a windowed sinc in 512 phases, interpolated between them: about 80 dB of
/// rejection. It keeps the timeline: output sample n lies at n divided by the new rate, and comes when 16 input samples (more, when
/// the rate falls) beyond it are known. Not safe for concurrent use.
/// </summary>
public sealed class PcmResampler
{
    private const int Phases = 512;
    private const int ZeroCrossings = 16;
    private const double KaiserBeta = 8;
    private const double PassBand = 0.93;

    private readonly int _from;
    private readonly int _to;
    private readonly int _channels;
    private readonly int _half;
    private readonly float[] _filter;
    private float[] _input = [];
    private int _inputFrames;
    private int _fraction;

    /// <summary>Makes a resampler.</summary>
    /// <param name="from">The rate of the input in Hz, 1,000 to 768,000.</param>
    /// <param name="to">The rate of the output in Hz, 1,000 to 768,000.</param>
    /// <param name="channels">Channels.</param>
    public PcmResampler(int from, int to, int channels)
    {
        CheckRate(from, nameof(from));
        CheckRate(to, nameof(to));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        _from = from;
        _to = to;
        _channels = channels;
        var cutoff = Math.Min(1.0, (double)to / from);
        _half = (int)Math.Ceiling(ZeroCrossings / cutoff);
        _filter = MakeFilter(_half, cutoff * PassBand);

        // Silence before the first sample, for the filter to lean on.
        _input = new float[(2 * _half + 1024) * channels];
        _inputFrames = _half - 1;
    }

    /// <summary>The most samples that <see cref="Convert"/> may give for an input.</summary>
    public int MaximumOutput(int inputSamples) =>
        (int)(((long)inputSamples / _channels + 2 * _half) * _to / _from + 2) * _channels;

    /// <summary>Takes input and gives what output it completes.</summary>
    /// <param name="input">Interleaved samples.</param>
    /// <param name="output">Where to; as long as <see cref="MaximumOutput"/> says.</param>
    /// <returns>Samples written.</returns>
    public int Convert(ReadOnlySpan<short> input, Span<short> output)
    {
        Append(input);
        var taps = 2 * _half;
        int at = 0, written = 0;
        while (at + taps <= _inputFrames)
        {
            var phase = (double)_fraction / _to * Phases;
            var lower = (int)phase;
            var blend = (float)(phase - lower);
            var first = _filter.AsSpan(lower * taps, taps);
            var second = _filter.AsSpan((lower + 1) * taps, taps);
            for (var channel = 0; channel < _channels; channel++)
            {
                float sum = 0;
                for (int tap = 0, i = at * _channels + channel; tap < taps; tap++, i += _channels)
                {
                    sum += _input[i] * (first[tap] + blend * (second[tap] - first[tap]));
                }

                output[written++] = (short)Math.Clamp(MathF.Round(sum), short.MinValue, short.MaxValue);
            }

            _fraction += _from;
            at += _fraction / _to;
            _fraction %= _to;
        }

        // The last step never leads beyond what is there: a step is shorter than the filter.
        var used = at;
        _input.AsSpan(used * _channels, (_inputFrames - used) * _channels).CopyTo(_input);
        _inputFrames -= used;
        return written;
    }

    private static void CheckRate(int rate, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1_000, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 768_000, name);
    }

    private static float[] MakeFilter(int half, double cutoff)
    {
        var taps = 2 * half;
        var filter = new float[(Phases + 1) * taps];
        for (var phase = 0; phase <= Phases; phase++)
        {
            double sum = 0;
            var row = filter.AsSpan(phase * taps, taps);
            for (var tap = 0; tap < taps; tap++)
            {
                var time = tap - half + 1 - (double)phase / Phases;
                var position = time / half;
                var window = Math.Abs(position) >= 1 ? 0 : Bessel(KaiserBeta * Math.Sqrt(1 - position * position)) / Bessel(KaiserBeta);
                var x = Math.PI * cutoff * time;
                row[tap] = (float)(window * (Math.Abs(x) < 1e-9 ? 1 : Math.Sin(x) / x));
                sum += row[tap];
            }

            foreach (ref var value in row)
            {
                value = (float)(value / sum);
            }
        }

        return filter;
    }

    // The modified Bessel function of the first kind, order 0.
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-12 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    private void Append(ReadOnlySpan<short> input)
    {
        var start = _inputFrames * _channels;
        var length = input.Length / _channels * _channels;
        if (start + length > _input.Length)
        {
            Array.Resize(ref _input, Math.Max(_input.Length * 2, start + length));
        }

        for (var i = 0; i < length; i++)
        {
            _input[start + i] = input[i];
        }

        _inputFrames += length / _channels;
    }
}
