namespace Parley.Sctp;

/// <summary>
/// Leaves slow start when round trips grow, before the path's queue overflows (RFC 9406, HyStart++). The RFC compares the least round trip
/// of a round so far with that of the round before: where the queue begins to fill in a round's middle it learns of it a round later, when
/// the window has doubled. Here the least of each eight samples is compared.
/// </summary>
internal sealed class HyStart
{
    private const int SamplesPerRound = 8;
    private const int ConservativeRounds = 5;
    private const int ConservativeDivisor = 4;
    private static readonly TimeSpan LeastThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LargestThreshold = TimeSpan.FromMilliseconds(16);

    private TimeSpan _last = TimeSpan.MaxValue;
    private TimeSpan _current = TimeSpan.MaxValue;
    private TimeSpan _recent = TimeSpan.MaxValue;
    private TimeSpan _baseline;
    private int _samples;
    private int _conservativeRounds;
    private long _sent;
    private long _acknowledged;
    private long _roundEnd;
    private bool _isConservative;

    /// <summary>Bytes have left.</summary>
    public void OnSent(int bytes) => _sent += bytes;

    /// <summary>
    /// Bytes were acknowledged in slow start; returns by how many the window may grow, or null when slow start is over.
    /// </summary>
    /// <param name="bytes">How many.</param>
    /// <param name="roundTrip">A round trip measured; null: none.</param>
    public long? OnAcknowledged(long bytes, TimeSpan? roundTrip)
    {
        _acknowledged += bytes;
        if (roundTrip is { } sample)
        {
            _current = sample < _current ? sample : _current;
            _recent = sample < _recent ? sample : _recent;
            if (++_samples == SamplesPerRound)
            {
                Judge();
                _recent = TimeSpan.MaxValue;
                _samples = 0;
            }
        }

        if (_acknowledged >= _roundEnd && _acknowledged < _sent && BeginRound())
        {
            return null;
        }

        return _isConservative ? Math.Max(1, bytes / ConservativeDivisor) : bytes;
    }

    // §4.2: "a sample of at least N_RTT_SAMPLE".
    private void Judge()
    {
        if (_last == TimeSpan.MaxValue)
        {
            return;
        }

        if (_isConservative)
        {
            // "if currentRoundMinRTT < cssBaselineMinRtt": the growth was spurious.
            _isConservative = _recent >= _baseline;
            return;
        }

        var threshold = _last / 8;
        threshold = threshold < LeastThreshold ? LeastThreshold : threshold > LargestThreshold ? LargestThreshold : threshold;
        if (_recent >= _last + threshold)
        {
            _isConservative = true;
            _baseline = _recent;
            _conservativeRounds = 0;
        }
    }

    // True: "CSS_ROUNDS" have passed.
    private bool BeginRound()
    {
        _roundEnd = _sent;
        _last = _current;
        _current = TimeSpan.MaxValue;
        return _isConservative && ++_conservativeRounds > ConservativeRounds;
    }
}
