using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

// RFC 8445 §5.1: gathering host and server-reflexive candidates.
public sealed partial class IceAgent
{
    private const int MaxBases = 64;
    private const int MaxServers = 128;
    private const int ServerTimedOut = 701;

    private readonly List<StunServer> _servers = [];
    private readonly List<ServerQuery> _queries = [];
    private readonly Dictionary<(IceCandidateType Type, TransportAddress Base, TransportAddress Server), string> _foundations = [];
    private readonly HashSet<string> _toldUnreachable = [];
    private bool _hasStartedGathering;
    private int _gatheringHolds;

    /// <summary>
    /// A socket has been bound: it becomes a base and, once gathering has started, a host candidate. At most 64; more are passed over.
    /// </summary>
    /// <param name="local">The socket's address and port; not a wildcard.</param>
    /// <param name="kind">The interface it is on; decides the local preference (RFC 8421).</param>
    /// <param name="now">The present.</param>
    public void AddLocalAddress(TransportAddress local, NetworkInterfaceKind kind, Instant now)
    {
        Observe(now);
        if (State == IceAgentState.Closed || _bases.Count >= MaxBases || _baseByAddress.ContainsKey(local) || local.Port == 0)
        {
            return;
        }

        var order = _bases.Count(b => b.Kind == kind && b.Address.Family == local.Family && b.Address.IsLinkLocal == local.IsLinkLocal);
        var @base = new LocalBase(local, kind, CandidatePriority.LocalPreference(local, kind, order));
        _bases.Add(@base);
        _baseByAddress.Add(local, @base);
        if (_hasStartedGathering)
        {
            if (_next is not null)
            {
                AddHost(_next, @base, isTold: true);
            }

            AddHost(_current, @base, isTold: _next is null);
            AddQueries(@base);
            Settle();
        }
    }

    /// <summary>A socket is gone: its candidates and paths go with it. Unknown addresses are passed over.</summary>
    public void RemoveLocalAddress(TransportAddress local, Instant now)
    {
        Observe(now);
        if (!_baseByAddress.Remove(local, out var @base))
        {
            return;
        }

        _bases.Remove(@base);
        _queries.RemoveAll(q => q.Base == @base);
        RemoveBase(_current, @base);
        RemoveBase(_next, @base);
        _retired.ForEach(generation => RemoveBase(generation, @base));
        _lastValidated = null;
        Settle();
    }

    /// <summary>
    /// Adds a STUN server: each base of its family asks it for a server-reflexive candidate once gathering has started. At most
    /// 128; more are passed over.
    /// </summary>
    /// <param name="server">The server's address.</param>
    /// <param name="url">How errors and candidates shall name it; null: its address.</param>
    public void AddStunServer(TransportAddress server, string? url = null)
    {
        if (State == IceAgentState.Closed || _servers.Count >= MaxServers || _servers.Exists(s => s.Address == server) || server.Port == 0)
        {
            return;
        }

        var added = new StunServer(server, url ?? $"stun:{server}");
        _servers.Add(added);
        if (_hasStartedGathering)
        {
            foreach (var @base in _bases)
            {
                AddQuery(@base, added);
            }

            Settle();
        }
    }

    /// <summary>Which candidates may be used from the next gathering on: <see cref="StartGathering"/> or <see cref="Restart"/>.</summary>
    public IceTransportPolicy TransportPolicy { get; set; }

    /// <summary>Forgets the servers, before the next gathering is told of others.</summary>
    public void RemoveStunServers()
    {
        _servers.Clear();
        _toldUnreachable.Clear();
    }

    /// <summary>Starts gathering for the newest generation. Later bases and servers are used as they come. Once is enough.</summary>
    public void StartGathering(Instant now)
    {
        Observe(now);
        if (State == IceAgentState.Closed || _hasStartedGathering)
        {
            return;
        }

        _hasStartedGathering = true;
        Gather();
        Settle();
    }

    /// <summary>
    /// Something that gathering must wait for is under way, as the look-up of a server's name: it is not complete before each hold is
    /// released.
    /// </summary>
    public void HoldGathering() => _gatheringHolds++;

    /// <summary>What <see cref="HoldGathering"/> announced is done. Without a hold nothing happens.</summary>
    public void ReleaseGathering(Instant now)
    {
        Observe(now);
        if (_gatheringHolds > 0)
        {
            _gatheringHolds--;
            Settle();
        }
    }

    private void Gather()
    {
        var generation = _next ?? _current;
        generation.GatheringState = IceGatheringState.Gathering;
        UpdateGatheringState(isOver: false);
        _queries.Clear();
        _toldUnreachable.Clear();
        foreach (var @base in _bases)
        {
            AddHost(generation, @base, isTold: true);
            AddQueries(@base);
        }
    }

    private void AddHost(IceGeneration generation, LocalBase @base, bool isTold)
    {
        if (TransportPolicy == IceTransportPolicy.Relay)
        {
            return;
        }

        var candidate = NewCandidate(
            generation, @base, IceCandidateType.Host, @base.Address.WithoutScope(), default) with { RelatedAddress = null };
        AddLocalCandidate(generation, new LocalCandidate(candidate, @base), isTold);
    }

    private void AddLocalCandidate(IceGeneration generation, LocalCandidate local, bool isTold)
    {
        if (!generation.TryAdd(local) && !(local.Candidate.Type == IceCandidateType.ServerReflexive && generation.TryName(local)))
        {
            return;
        }

        if (isTold)
        {
            Tell(IceEvent.Gathered(local.Candidate));
        }

        if (_selected is { } used && ReferenceEquals(used.Local, local.Candidate))
        {
            TellName(used);
        }

        // RFC 8445 §6.1.2.4: a reflexive candidate is replaced by its base, whose pairs exist already.
        if (local.Candidate.Type == IceCandidateType.Host && generation.CanCheck)
        {
            foreach (var remote in generation.Remote.Candidates)
            {
                FormPair(generation, local, remote);
            }
        }
    }

    private IceCandidate NewCandidate(
        IceGeneration generation, LocalBase @base, IceCandidateType type, TransportAddress address, TransportAddress server) => new()
        {
            Foundation = Foundation(type, @base.Address.WithPort(0), server.WithPort(0)),
            Component = _options.Component,
            Priority = CandidatePriority.Of(type, @base.LocalPreference, _options.Component),
            Address = address,
            Type = type,
            RelatedAddress = @base.Address.WithoutScope(),
            UsernameFragment = generation.Local.UsernameFragment,
        };

    // RFC 8445 §5.1.1.3 wants equality and inequality of foundations and nothing else: numbers in the order of appearance say no more.
    private string Foundation(IceCandidateType type, TransportAddress baseAddress, TransportAddress server)
    {
        var key = (type, baseAddress, server);
        if (!_foundations.TryGetValue(key, out var foundation))
        {
            foundation = (_foundations.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            _foundations.Add(key, foundation);
        }

        return foundation;
    }

    private void RemoveBase(IceGeneration? generation, LocalBase @base)
    {
        if (generation is null)
        {
            return;
        }

        generation.Remove(@base);
        for (var index = generation.Checklist.Pairs.Count - 1; index >= 0; index--)
        {
            var pair = generation.Checklist.Pairs[index];
            if (pair.Base == @base)
            {
                Drop(pair);
            }
        }
    }

    private void AddQueries(LocalBase @base)
    {
        foreach (var server in _servers)
        {
            AddQuery(@base, server);
        }
    }

    // A loopback base reaches loopback servers alone, and they are reached from it alone.
    private void AddQuery(LocalBase @base, StunServer server)
    {
        if (TransportPolicy == IceTransportPolicy.All && @base.Address.Family == server.Address.Family
            && @base.Address.IsLoopback == server.Address.IsLoopback && !@base.Address.IsLinkLocal)
        {
            _queries.Add(new ServerQuery(@base, server));
        }
    }

    private int TransmitQuery(ServerQuery query, Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        query.Transmitted(_now);
        var writer = new StunWriter(destination, StunClass.Request, StunMethod.Binding, query.Id);
        writer.AddFingerprint();
        local = query.Base.Address;
        remote = query.Server.Address;
        return writer.Length;
    }

    private ServerQuery? QueryToStart()
    {
        foreach (var query in _queries)
        {
            if (query.State == ServerQueryState.Waiting || IsRefreshDue(query))
            {
                return query;
            }
        }

        return null;
    }

    // RFC 8445 §5.1.1.4: the bindings of candidates that may yet be used are kept; a nominated pair keeps its own.
    private bool IsRefreshDue(ServerQuery query) =>
        query.State == ServerQueryState.Answered && !(_next ?? _current).IsConcluded && _now >= query.RefreshAt;

    private void ReceiveServerResponse(ServerQuery query, StunMessage message)
    {
        if (message.Class == StunClass.ErrorResponse)
        {
            var hasCode = message.TryReadErrorCode(out var code, out var reason);
            EndQuery(query, hasCode ? code : StunErrorCode.ServerError, System.Text.Encoding.UTF8.GetString(reason));
            return;
        }

        if (!message.TryReadXorAddress(StunAttributeType.XorMappedAddress, out var mapped)
            && !message.TryReadAddress(StunAttributeType.MappedAddress, out mapped))
        {
            Counters.UnexpectedResponses++;
            return;
        }

        query.Answered(_now + _options.ServerKeepaliveInterval);
        if (query.IsRefresh || mapped == query.Base.Address || mapped.Port == 0)
        {
            // RFC 8445 §5.1.3: what equals its base is redundant.
            return;
        }

        var generation = _next ?? _current;
        var candidate = NewCandidate(generation, query.Base, IceCandidateType.ServerReflexive, mapped, query.Server.Address)
            with { Url = query.Server.Url };
        AddLocalCandidate(generation, new LocalCandidate(candidate, query.Base), isTold: true);
    }

    private void EndQueries()
    {
        foreach (var query in _queries)
        {
            if (query.HasTimedOut(_now))
            {
                EndUnanswered(query);
            }
        }
    }

    // W3C: 701 "if no host candidate can reach the server … only fired once per server URL".
    private void EndUnanswered(ServerQuery query)
    {
        var wasRefresh = query.IsRefresh;
        query.Ended();
        var isLast = !_queries.Exists(other =>
            other.Server.Url == query.Server.Url && (other.HasHeard || other.State is not ServerQueryState.Ended));
        if (!wasRefresh && isLast)
        {
            TellUnreachable(query.Base.Address, query.Server.Url, "The STUN server did not answer.");
        }
    }

    private void TellUnreachable(TransportAddress local, string url, string text)
    {
        if (_toldUnreachable.Add(url))
        {
            IceLog.ServerFailed(_logger, ServerTimedOut);
            Tell(IceEvent.Failed(new IceCandidateError(local, url, ServerTimedOut, text)));
        }
    }

    // A server that no base has a way to is as silent as one that does not answer.
    private void TellServersWithoutBase()
    {
        foreach (var server in _servers)
        {
            if (TransportPolicy == IceTransportPolicy.All && !_queries.Exists(query => query.Server.Url == server.Url))
            {
                TellUnreachable(default, server.Url, "No local address can reach the STUN server.");
            }
        }
    }

    private void EndQuery(ServerQuery query, int code, string text)
    {
        var wasRefresh = query.IsRefresh;
        query.Refused();
        if (!wasRefresh)
        {
            IceLog.ServerFailed(_logger, code);
            Tell(IceEvent.Failed(new IceCandidateError(query.Base.Address, query.Server.Url, code, text)));
        }
    }

    private Instant? QueriesDeadline()
    {
        Instant? deadline = null;
        foreach (var query in _queries)
        {
            if (query.State == ServerQueryState.InProgress
                || (query.State == ServerQueryState.Answered && !(_next ?? _current).IsConcluded && query.RefreshAt > _now))
            {
                deadline = Instant.Earliest(deadline, query.NextAt);
            }
        }

        return deadline;
    }

    private void UpdateGatheringState()
    {
        var isOver = _gatheringHolds == 0;
        foreach (var query in _queries)
        {
            isOver &= query.State is ServerQueryState.Answered or ServerQueryState.Ended || query.IsRefresh;
        }

        UpdateGatheringState(isOver);
    }

    private void UpdateGatheringState(bool isOver)
    {
        var generation = _next ?? _current;
        if (_hasStartedGathering && generation.GatheringState != IceGatheringState.New)
        {
            if (isOver && generation.GatheringState == IceGatheringState.Gathering)
            {
                TellServersWithoutBase();
            }

            generation.GatheringState = isOver ? IceGatheringState.Complete : IceGatheringState.Gathering;
        }

        if (GatheringState != generation.GatheringState)
        {
            GatheringState = generation.GatheringState;
            IceLog.GatheringStateChanged(_logger, GatheringState);
            Tell(IceEvent.Gathering(GatheringState));
        }
    }
}
