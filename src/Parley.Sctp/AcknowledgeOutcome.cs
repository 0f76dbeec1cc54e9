namespace Parley.Sctp;

/// <summary>What a SACK changed.</summary>
internal struct AcknowledgeOutcome
{
    public long BytesAcknowledged;
    public bool CumulativeAdvanced;
    public bool HasLoss;
    public TimeSpan? RoundTrip;
    public TimeSpan? LatestRoundTrip;
}
