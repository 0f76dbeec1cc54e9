namespace Parley.Cli.Bench;

/// <summary>What flowed.</summary>
/// <param name="Bytes">Bytes of messages.</param>
/// <param name="Messages">Messages.</param>
/// <param name="Seconds">From the first to the last, by the receiver's clock.</param>
/// <param name="ProcessorTime">What both sides used meanwhile.</param>
internal readonly record struct Flow(long Bytes, long Messages, double Seconds, TimeSpan ProcessorTime)
{
    /// <summary>Seconds of processor time for 10^9 bytes.</summary>
    public double SecondsPerGigabyte => ProcessorTime.TotalSeconds / (Bytes / 1e9);
}
