namespace Parley.Sctp;

/// <summary>What acknowledgements tell at the time (draft-ietf-ccwg-bbr: "BBR.ack_phase").</summary>
internal enum BbrFeedback : byte
{
    None,
    Refilling,
    ProbeStarting,
    ProbeFeedback,
    ProbeStopping,
}
