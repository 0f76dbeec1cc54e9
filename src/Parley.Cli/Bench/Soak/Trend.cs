namespace Parley.Cli.Bench.Soak;

/// <summary>
/// The straight line through equally spaced samples (least squares) after a warm-up: how much a quantity grows over the time that they
/// cover.
/// </summary>
/// <param name="First">The line's value at the first sample.</param>
/// <param name="Growth">How much higher it is at the last.</param>
/// <param name="Noise">The samples' mean distance from it.</param>
internal readonly record struct Trend(double First, double Growth, double Noise)
{
    // The first third makes what a process makes once: pools, compiled code, tables.
    private const double WarmUpShare = 1.0 / 3;

    public static Trend Of(IReadOnlyList<double> samples)
    {
        double[] kept = [.. samples.Skip((int)(samples.Count * WarmUpShare))];
        int count = kept.Length;
        if (count < 3)
        {
            return new Trend(count == 0 ? 0 : kept[0], 0, 0);
        }

        double meanX = (count - 1) / 2.0, mean = kept.Average(), covariance = 0, variance = 0;
        for (int i = 0; i < count; i++)
        {
            covariance += (i - meanX) * (kept[i] - mean);
            variance += (i - meanX) * (i - meanX);
        }

        double slope = covariance / variance, first = mean - (slope * meanX);
        double noise = Math.Sqrt(kept.Select((value, i) => Math.Pow(value - (first + (slope * i)), 2)).Sum() / count);
        return new Trend(first, slope * (count - 1), noise);
    }

    /// <summary>Whether it grows by no more than what is allowed: an amount, or a share of where it began.</summary>
    public bool IsFlat(double amount, double share) => Growth <= Math.Max(amount, First * share);
}
