namespace Parley.Cli.Bench;

/// <summary>Quantiles of sorted numbers.</summary>
internal static class Quantile
{
    /// <summary>The smallest number that a share of all does not exceed.</summary>
    public static double Of(List<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
