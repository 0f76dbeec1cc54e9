using System.Net;
using Parley.Ice;
using Parley.Net;

namespace Parley.Transport;

// Candidates, checks, paths.
public sealed partial class BundleTransport
{
    /// <summary>W3C: no answer from the server.</summary>
    private const int ErrorUnreachable = 701;

    private readonly IceAgent _ice;
    private readonly List<LocalPath> _paths = [];
    private string _localUfrag;
    private string? _previousUfrag;
    private bool _canRollBack;
    private bool _isHeldForPaths;
    private int _gatheringPhase;
    private int _headroom;

    /// <summary>The local ends, in the order in which they were added.</summary>
    public IReadOnlyList<LocalPath> LocalPaths => _paths;

    /// <summary>The path that data goes by; null before the first check has succeeded.</summary>
    public Path? SelectedPath =>
        _ice.SelectedPair is { } pair && FindPath(pair.LocalAddress) is { } local ? new Path(local, pair.RemoteAddress) : null;

    /// <summary>The username fragments under which checks are heard.</summary>
    public IEnumerable<string> HeardUsernameFragments => _ice.HeardUsernameFragments;

    /// <summary>The candidates gathered or discovered for the newest generation.</summary>
    public IEnumerable<IceCandidate> LocalCandidates => _ice.LocalCandidates;

    /// <summary>The candidates told by the peer or discovered, of the newest generation.</summary>
    public IReadOnlyList<IceCandidate> RemoteCandidates => _ice.RemoteCandidates;

    /// <summary>The pairs of the generation that carries the data, best first.</summary>
    public IReadOnlyList<IceCandidatePair> Pairs => _ice.Pairs;

    /// <summary>The pair that data goes by.</summary>
    public IceCandidatePair? SelectedPair => _ice.SelectedPair;

    /// <summary>How often another pair was selected.</summary>
    public int SelectedPairChanges { get; private set; }

    /// <summary>
    /// Adds a local end from which candidates are gathered. At most 64; more are passed over, as is an address that is known.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The headroom is not 0 to 64.</exception>
    public void AddLocalPath(LocalPath path, Instant now)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegative(path.Headroom, nameof(path));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(path.Headroom, 64, nameof(path));
        if (_isClosed || FindPath(path.Address) is not null)
        {
            return;
        }

        _paths.Add(path);
        _headroom = Math.Max(_headroom, path.Headroom);
        if (path.TransactionTag is { } tag && _ice.TransactionTag is null)
        {
            _ice.TransactionTag = tag;
            _events.Enqueue(TransportEvent.Of(TransportEventKind.HeardFragmentsChanged));
        }

        _ice.AddLocalAddress(path.Address, path.Interface, now);
        Settle(now);
    }

    /// <summary>
    /// All local ends that <see cref="TransportEventKind.LocalPathsWanted"/> asked for are added: gathering begins, and asks the servers of
    /// the plan.
    /// </summary>
    public void CompleteLocalPaths(Instant now)
    {
        if (_isClosed)
        {
            return;
        }

        if (!_isHeldForPaths)
        {
            _ice.HoldGathering();
        }

        _isHeldForPaths = false;
        _ice.StartGathering(now);
        AddServers(now);
        _ice.ReleaseGathering(now);
        Settle(now);
    }

    /// <summary>The answer to <see cref="TransportEventKind.LookupWanted"/>.</summary>
    /// <param name="lookup">What was asked.</param>
    /// <param name="addresses">The server's addresses; empty: the name is unknown.</param>
    /// <param name="now">The present.</param>
    public void CompleteLookup(ServerLookup lookup, IReadOnlyList<IPAddress> addresses, Instant now)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(addresses);
        if (_isClosed)
        {
            return;
        }

        // The servers of an earlier gathering may have been replaced meanwhile.
        if (lookup.Phase == _gatheringPhase)
        {
            if (addresses.Count == 0)
            {
                TellUnreachable(lookup.Server, "The server's name could not be resolved.", now);
            }

            foreach (var address in addresses)
            {
                _ice.AddStunServer(new TransportAddress(address, lookup.Server.Port), lookup.Server.Url);
            }
        }

        _ice.ReleaseGathering(now);
        Settle(now);
    }

    /// <summary>
    /// A candidate of the peer's has come, its address resolved. One with a username fragment belongs to that generation.
    /// </summary>
    public void AddRemoteCandidate(IceCandidate candidate, Instant now)
    {
        _ice.AddRemoteCandidate(candidate, now);
        Settle(now);
    }

    /// <summary>The peer has no more candidates (RFC 8838 §14).</summary>
    public void SetRemoteEndOfCandidates(Instant now)
    {
        _ice.SetRemoteEndOfCandidates(now);
        Settle(now);
    }

    private void AddServers(Instant now)
    {
        var phase = ++_gatheringPhase;
        foreach (var server in _plan.Servers)
        {
            if (!server.IsSupported)
            {
                TellUnreachable(server, "This kind of server is not spoken to.", now);
            }
            else if (IPAddress.TryParse(server.Host, out var address))
            {
                _ice.AddStunServer(new TransportAddress(address, server.Port), server.Url);
            }
            else
            {
                _ice.HoldGathering();
                _events.Enqueue(TransportEvent.WantsLookup(new ServerLookup(server, phase)));
            }
        }
    }

    private void TellUnreachable(IceServerAddress server, string text, Instant now)
    {
        // That gathering has begun is told first.
        SettleIce(now);
        _events.Enqueue(TransportEvent.ServerFailed(new IceCandidateError(default, server.Url, ErrorUnreachable, text)));
    }

    private void ReceiveStun(ReadOnlySpan<byte> datagram, TransportAddress local, TransportAddress remote, Instant now)
    {
        _ice.Receive(datagram, local, remote, now);
        if (FindPath(local) is { Kind: PathKind.SharedPort } shared && _ice.IsValidatedRemote(local, remote, out var pair))
        {
            _events.Enqueue(TransportEvent.Heard(new Path(shared, remote), isProved: pair?.LastResponseAt == now));
        }
    }

    private bool TransmitIce(DatagramBatch batch, Instant now, out Path path)
    {
        while (true)
        {
            var room = batch.Reserve(_headroom + MaxPacket);
            var length = _ice.Transmit(room[_headroom..], now, out var from, out var remote);
            if (length == 0)
            {
                path = default;
                return false;
            }

            Settle(now);
            if (FindPath(from) is { } local)
            {
                path = new Path(local, remote);
                if (local.Headroom < _headroom)
                {
                    room.Slice(_headroom, length).CopyTo(room[local.Headroom..]);
                }

                batch.Commit(local.Headroom + length, remote);
                return true;
            }
        }
    }

    private void SettleIce(Instant now)
    {
        IceAgentState? state = null;
        var isPairChanged = false;
        IceCandidatePair? pair = null;
        while (_ice.TryRead(out var happened))
        {
            switch (happened.Kind)
            {
                case IceEventKind.CandidateGathered:
                    _events.Enqueue(TransportEvent.Gathered(happened.Candidate!));
                    break;
                case IceEventKind.GatheringStateChanged:
                    _events.Enqueue(TransportEvent.Gathering(happened.GatheringState, _localUfrag));
                    break;
                case IceEventKind.StateChanged:
                    if (state is not null)
                    {
                        TellIceChange(ref state, ref pair, ref isPairChanged);
                    }

                    state = happened.State;
                    break;
                case IceEventKind.SelectedPairChanged:
                    if (isPairChanged)
                    {
                        TellIceChange(ref state, ref pair, ref isPairChanged);
                    }

                    (pair, isPairChanged) = (happened.Pair, true);
                    OnPairChanged(now);
                    break;
                case IceEventKind.SelectedPairNamed:
                    _events.Enqueue(TransportEvent.Named(happened.Pair!));
                    break;
                case IceEventKind.RoleChanged:
                    _events.Enqueue(TransportEvent.Switched(_ice.Role));
                    break;
                case IceEventKind.CandidateError:
                    _events.Enqueue(TransportEvent.ServerFailed(happened.Error!));
                    break;
            }
        }

        if (isPairChanged || state is not null)
        {
            TellIceChange(ref state, ref pair, ref isPairChanged);
            StartHandshakeIfPossible(now);
        }
    }

    /// <summary>webrtc-pc §5.6: "the selected pair and RTCIceTransportState are related and are handled in the same task".</summary>
    private void TellIceChange(ref IceAgentState? state, ref IceCandidatePair? pair, ref bool isPairChanged)
    {
        _events.Enqueue(TransportEvent.Ice(state, pair, isPairChanged));
        (state, pair, isPairChanged) = (null, null, false);
    }

    private void OnPairChanged(Instant now)
    {
        SelectedPairChanges++;
        _events.Enqueue(TransportEvent.Of(TransportEventKind.HeardFragmentsChanged));
        _media.EstimatedBitrate = null;
        _data.ChangePath(now);
    }

    private LocalPath? FindPath(TransportAddress local)
    {
        foreach (var path in _paths)
        {
            if (path.Address == local)
            {
                return path;
            }
        }

        return null;
    }
}
