using Parley.Net;

namespace Parley.Ice;

/// <summary>
/// All that one set of local credentials stands for: the candidates gathered under them, the peer's side that was paired with
/// them, and the checks between the two. A restart makes a new one (RFC 8445 §9).
/// </summary>
internal sealed class IceGeneration(int number, IceCredentials local, RemoteSide remote, IceAgentOptions options)
{
    private const int MaxEarlyChecks = 32;
    private const int MaxLocalCandidates = 128;

    private readonly List<LocalCandidate> _candidates = [];
    private readonly List<EarlyCheck> _earlyChecks = [];

    /// <summary>Its place in the agent's life: later ones have greater numbers.</summary>
    public int Number { get; } = number;

    public IceCredentials Local { get; } = local;

    public RemoteSide Remote { get; set; } = remote;

    /// <summary>The USERNAME of our checks; empty until the peer's credentials are known.</summary>
    public byte[] Username { get; set; } = [];

    public Checklist Checklist { get; } = new(options.MaxCandidatePairs);

    public List<LocalCandidate> Candidates => _candidates;

    public IceGatheringState GatheringState { get; set; }

    /// <summary>When the peer's credentials came: RFC 8863's timer runs from here.</summary>
    public Instant? BeganAt { get; set; }

    /// <summary>Until when it is heard, once a restart has taken its place.</summary>
    public Instant RetiredUntil { get; set; }

    /// <summary>When the first check succeeded.</summary>
    public Instant? FirstValidAt { get; set; }

    /// <summary>Controlling: the pair whose nominating check is under way.</summary>
    public IceCandidatePair? Nominating { get; set; }

    /// <summary>Whether a pair has been nominated.</summary>
    public bool IsConcluded { get; set; }

    /// <summary>Controlled: the pair the peer moved to when the one in use had fallen silent.</summary>
    public IceCandidatePair? Preferred { get; set; }

    /// <summary>Whether a check of the peer's has come: it knows of this side.</summary>
    public bool HasBeenChecked { get; set; }

    /// <summary>Whether checks may run.</summary>
    public bool CanCheck => Remote.Credentials is not null;

    public bool TryAdd(LocalCandidate candidate)
    {
        if (_candidates.Count >= MaxLocalCandidates || TryFind(candidate.Candidate.Address, candidate.Base, out _))
        {
            return false;
        }

        _candidates.Add(candidate);
        return true;
    }

    /// <summary>
    /// A server names the address that a check has found out already (RFC 8445 §7.2.5.3.1): its candidate takes the peer-reflexive one's
    /// place.
    /// </summary>
    public bool TryName(LocalCandidate candidate)
    {
        var index = _candidates.FindIndex(known =>
            known.Base == candidate.Base
                && known.Candidate.Address == candidate.Candidate.Address
                && known.Candidate.Type == IceCandidateType.PeerReflexive);
        if (index < 0)
        {
            return false;
        }

        var before = _candidates[index].Candidate;
        _candidates[index] = candidate;
        foreach (var pair in Checklist.Pairs)
        {
            if (pair.Local == before)
            {
                pair.Local = candidate.Candidate;
            }
        }

        return true;
    }

    public bool TryFind(TransportAddress address, LocalBase @base, out IceCandidate candidate)
    {
        foreach (var known in _candidates)
        {
            if (known.Base == @base && known.Candidate.Address == address)
            {
                candidate = known.Candidate;
                return true;
            }
        }

        candidate = null!;
        return false;
    }

    /// <summary>Removes what came from a base.</summary>
    public void Remove(LocalBase @base) => _candidates.RemoveAll(c => c.Base == @base);

    /// <summary>Keeps a check until the peer's credentials are known; a later one of the same path takes its place.</summary>
    public bool TryAddEarlyCheck(EarlyCheck check)
    {
        var index = _earlyChecks.FindIndex(c => c.Base == check.Base && c.Remote == check.Remote);
        if (index >= 0)
        {
            _earlyChecks[index] = check with { Nominates = check.Nominates || _earlyChecks[index].Nominates };
            return true;
        }

        if (_earlyChecks.Count >= MaxEarlyChecks)
        {
            return false;
        }

        _earlyChecks.Add(check);
        return true;
    }

    /// <summary>Whether a check of the peer's, whose credentials are not here yet, has come along a path.</summary>
    public bool HasEarlyCheck(PathKey path)
    {
        foreach (var check in _earlyChecks)
        {
            if (check.Base.Address == path.Local && check.Remote == path.Remote)
            {
                return true;
            }
        }

        return false;
    }

    public List<EarlyCheck> TakeEarlyChecks()
    {
        var taken = new List<EarlyCheck>(_earlyChecks);
        _earlyChecks.Clear();
        return taken;
    }
}
