namespace Parley.Sctp;

/// <summary>The retransmission timeout (RFC 9260 §6.3.1, which is RFC 6298).</summary>
internal sealed class RoundTripTime(SctpOptions options)
{
    private TimeSpan _variation;
    private TimeSpan _timeout = options.InitialRto;

    public TimeSpan? Smoothed { get; private set; }

    /// <summary>
    /// Of the last packet acknowledged. The smoothed one takes one sample in a round trip (§6.3.1-C4): while a queue fills, within one or
    /// two, it is behind, and the timer would expire before any acknowledgement could come.
    /// </summary>
    public TimeSpan Latest { private get; set; }

    public TimeSpan Rto => Latest + options.MinRtoMargin is var least && least > _timeout ? Clamp(least) : _timeout;

    public void Measure(TimeSpan sample)
    {
        if (sample < TimeSpan.Zero)
        {
            return;
        }

        if (Smoothed is { } smoothed)
        {
            _variation = _variation * 0.75 + (smoothed - sample).Duration() * 0.25;
            smoothed = smoothed * 0.875 + sample * 0.125;
            Smoothed = smoothed;
        }
        else
        {
            Smoothed = sample;
            _variation = sample / 2;
        }

        var margin = _variation * 4;
        _timeout = Clamp(Smoothed.Value + (margin > options.MinRtoMargin ? margin : options.MinRtoMargin));
    }

    private TimeSpan Clamp(TimeSpan rto) => rto < options.MinRto ? options.MinRto : rto > options.MaxRto ? options.MaxRto : rto;
}
