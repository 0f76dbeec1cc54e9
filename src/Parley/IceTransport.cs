namespace Parley;

/// <summary>The ICE layer of a transport (webrtc-pc §5.6).</summary>
/// <remarks>RTCIceTransport.</remarks>
public sealed class IceTransport
{
    // What a peer tells is bounded: the agent takes no more either.
    private const int MaxRemoteCandidates = 200;

    private readonly PeerConnection _connection;
    private readonly List<IceCandidate> _localCandidates = [];
    private readonly List<IceCandidate> _remoteCandidates = [];

    internal IceTransport(PeerConnection connection) => _connection = connection;

    /// <summary><see cref="State"/> changed.</summary>
    /// <remarks>statechange.</remarks>
    public event EventHandler? StateChanged;

    /// <summary><see cref="GatheringState"/> changed.</summary>
    /// <remarks>gatheringstatechange.</remarks>
    public event EventHandler? GatheringStateChanged;

    /// <summary>The pair in use changed.</summary>
    /// <remarks>selectedcandidatepairchange.</remarks>
    public event EventHandler? SelectedCandidatePairChanged;

    /// <summary>Which side decides on the pair.</summary>
    public IceRole Role { get; internal set; }

    /// <summary>RTP, with RTCP on the same transport.</summary>
    /// <remarks>component.</remarks>
    public IceComponent Component => IceComponent.Rtp;

    /// <summary>The state.</summary>
    public IceTransportState State { get; internal set; } = IceTransportState.New;

    /// <summary>
    /// Whether nothing that is known leads to the peer, which has not said that it has told all: the connection has failed, the transport
    /// has not.
    /// </summary>
    internal bool IsUnreachable { get; set; }

    /// <summary>How far gathering has come.</summary>
    public IceGatheringState GatheringState { get; internal set; } = IceGatheringState.New;

    internal IceCandidatePair? SelectedPair { get; set; }

    internal IceParameters? LocalParameters { get; set; }

    internal IceParameters? RemoteParameters { get; set; }

    /// <summary>The local candidates gathered in this generation.</summary>
    public IReadOnlyList<IceCandidate> GetLocalCandidates()
    {
        lock (_connection.Gate)
        {
            return [.. _localCandidates];
        }
    }

    /// <summary>
    /// The remote candidates received in this generation, by <see cref="PeerConnection.AddIceCandidateAsync(IceCandidateInit?)"/> or in a
    /// description.
    /// </summary>
    public IReadOnlyList<IceCandidate> GetRemoteCandidates()
    {
        lock (_connection.Gate)
        {
            return [.. _remoteCandidates];
        }
    }

    /// <summary>The pair in use; null when there is none, and while <see cref="State"/> is new or closed.</summary>
    public IceCandidatePair? GetSelectedCandidatePair()
    {
        lock (_connection.Gate)
        {
            return State is IceTransportState.New or IceTransportState.Closed ? null : SelectedPair;
        }
    }

    /// <summary>The local credentials; null before a local description.</summary>
    public IceParameters? GetLocalParameters()
    {
        lock (_connection.Gate)
        {
            return LocalParameters;
        }
    }

    /// <summary>The remote credentials; null before a remote description.</summary>
    public IceParameters? GetRemoteParameters()
    {
        lock (_connection.Gate)
        {
            return RemoteParameters;
        }
    }

    /// <summary>What undoes all that a description changes from now on.</summary>
    internal Action Save()
    {
        var (role, state, gathering, pair, local, remote) = (Role, State, GatheringState, SelectedPair, LocalParameters, RemoteParameters);
        IceCandidate[] ours = [.. _localCandidates], theirs = [.. _remoteCandidates];
        return () =>
        {
            (Role, State, GatheringState, SelectedPair, LocalParameters, RemoteParameters) = (role, state, gathering, pair, local, remote);
            RestoreLocalCandidates(ours);
            _remoteCandidates.Clear();
            _remoteCandidates.AddRange(theirs);
        };
    }

    internal void AddLocalCandidate(IceCandidate candidate) => _localCandidates.Add(candidate);

    /// <summary>False: it is known already.</summary>
    internal bool AddRemoteCandidate(IceCandidate candidate)
    {
        var isNew = !_remoteCandidates.Exists(known => known.Candidate == candidate.Candidate);
        if (isNew && _remoteCandidates.Count < MaxRemoteCandidates)
        {
            _remoteCandidates.Add(candidate);
        }

        return isNew;
    }

    internal IceCandidate? FindLocal(Ice.IceCandidate candidate) => _localCandidates.Find(known => IsSame(known, candidate));

    internal IceCandidate? FindRemote(Ice.IceCandidate candidate) => _remoteCandidates.Find(known => IsSame(known, candidate));

    internal void ForgetLocalCandidates() => _localCandidates.Clear();

    internal void RestoreLocalCandidates(IReadOnlyList<IceCandidate> candidates)
    {
        _localCandidates.Clear();
        _localCandidates.AddRange(candidates);
    }

    internal void ForgetRemoteCandidates() => _remoteCandidates.Clear();

    private static bool IsSame(IceCandidate known, Ice.IceCandidate candidate) =>
        known.Port == candidate.Address.Port
            && known.Protocol == IceProtocol.Udp
            && known.Type == CandidateConversion.ToPublic(candidate.Type)
        && (candidate.HostName is { } name
            ? known.Address == name
            : System.Net.IPAddress.TryParse(known.Address, out var address) && address.Equals(candidate.Address.Address));

    internal void RaiseStateChanged() => _connection.Queue.Raise(StateChanged, this);

    internal void RaiseGatheringStateChanged() => _connection.Queue.Raise(GatheringStateChanged, this);

    internal void RaiseSelectedCandidatePairChanged() => _connection.Queue.Raise(SelectedCandidatePairChanged, this);
}
