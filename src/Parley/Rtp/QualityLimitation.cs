using System.Collections.Frozen;
using Parley.Net;

namespace Parley;

/// <summary>
/// Why pictures of an encoding are left out, and for how long each reason has been so. Written by who sends, read by the loop.
/// </summary>
internal sealed class QualityLimitation
{
    private static readonly int Reasons = Enum.GetValues<QualityLimitationReason>().Length;

    private readonly Lock _gate = new();
    private readonly TimeSpan[] _durations = new TimeSpan[Reasons];
    private Instant? _since;

    /// <summary>The present reason.</summary>
    public QualityLimitationReason Reason { get; private set; }

    public void Set(QualityLimitationReason reason, Instant now)
    {
        // Nobody else writes it.
        if (_since is not null && reason == Reason)
        {
            return;
        }

        lock (_gate)
        {
            if (_since is null || reason != Reason)
            {
                _durations[(int)Reason] += now - (_since ?? now);
                (Reason, _since) = (reason, now);
            }
        }
    }

    /// <summary>The seconds of each reason since the first picture.</summary>
    public IReadOnlyDictionary<QualityLimitationReason, double> DurationsAt(Instant now)
    {
        lock (_gate)
        {
            return Enum.GetValues<QualityLimitationReason>().ToFrozenDictionary(
                reason => reason,
                reason => (_durations[(int)reason] + (reason == Reason && _since is { } since ? now - since : TimeSpan.Zero)).TotalSeconds);
        }
    }
}
