using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>
/// A full ICE agent for one component of one data stream (RFC 8445; trickle by RFC 8838, patience by RFC 8863, consent by
/// RFC 7675) that does no I/O.
/// </summary>
/// <remarks>
/// <para>Order of calls: construct; <see cref="AddLocalAddress"/> for each bound socket, <see cref="AddStunServer"/> for each
/// server, <see cref="StartGathering"/>; signal <see cref="LocalCredentials"/> and each candidate <see cref="TryRead"/> gives;
/// <see cref="SetRemoteCredentials"/>, <see cref="AddRemoteCandidate"/>, <see cref="SetRemoteEndOfCandidates"/> as they come, in
/// any order. After each input drain <see cref="Transmit"/> and <see cref="TryRead"/>, then wait for a datagram or
/// <see cref="Deadline"/> and call <see cref="Receive"/> or <see cref="Advance"/>.</para>
/// <para>Any order of calls is safe; all of them come from one loop. No datagram makes it throw.</para>
/// </remarks>
public sealed partial class IceAgent
{
    /// <summary>The longest datagram <see cref="Transmit"/> writes, in bytes: a check with credentials of the greatest length.</summary>
    public const int MaxDatagramLength = 640;

    private const int MaxWaitingResponses = 64;
    private const int MaxWaitingEvents = 1024;

    private readonly IceAgentOptions _options;
    private readonly RandomSource _random;
    private readonly ILogger _logger;
    private readonly List<LocalBase> _bases = [];
    private readonly Dictionary<TransportAddress, LocalBase> _baseByAddress = [];
    private readonly BoundedQueue<PendingResponse> _responses = new(MaxWaitingResponses);
    private readonly BoundedQueue<IceEvent> _events = new(MaxWaitingEvents);
    private readonly List<IceGeneration> _retired = [];

    private Instant _now;
    private ulong _tieBreaker;
    private IceRole _role;
    private int _nextPairId;
    private int _generations;
    private IceGeneration _current;
    private IceGeneration? _next;
    private RemoteSide? _offered;
    private IceCandidatePair? _selected;
    private IceCandidatePair? _lastValidated;

    /// <summary>Makes an agent that has done nothing yet.</summary>
    /// <param name="options">How it behaves; not to be changed afterwards.</param>
    /// <param name="random">Where credentials, transaction ids and the tie-breaker come from.</param>
    /// <param name="logger">What operators read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public IceAgent(IceAgentOptions options, RandomSource random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        _options = options;
        _random = random;
        _logger = logger;
        TransportPolicy = options.TransportPolicy;
        _role = options.Role;
        _tieBreaker = options.TieBreaker ?? random.NextUInt64();
        _current = NewGeneration(options.LocalCredentials ?? IceCredentials.Create(random));
    }

    /// <summary>The state.</summary>
    public IceAgentState State { get; private set; }

    /// <summary>How far gathering for the newest generation has come.</summary>
    public IceGatheringState GatheringState { get; private set; }

    /// <summary>
    /// Who nominates. Set it from signaling (RFC 8445 §6.1.1: the agent of the first offer controls); a conflict
    /// found by the checks changes it by itself.
    /// </summary>
    public IceRole Role
    {
        get => _role;
        set
        {
            if (_role != value)
            {
                _role = value;
                ApplyRole();
            }
        }
    }

    /// <summary>
    /// What the id of each transaction begins with, when the socket is shared with other agents and the responses must be told apart
    /// (docs/ice.md); null for ids that are random throughout. Set it before the first transaction.
    /// </summary>
    public uint? TransactionTag { get; set; }

    /// <summary>
    /// The username fragments under which checks are heard: those of the generation in use, of one that is prepared, and of those just
    /// left.
    /// </summary>
    public IEnumerable<string> HeardUsernameFragments =>
        _retired.Append(_current).Concat(_next is null ? [] : [_next]).Select(static generation => generation.Local.UsernameFragment);

    /// <summary>The credentials of the newest local generation: those to signal.</summary>
    public IceCredentials LocalCredentials => (_next ?? _current).Local;

    /// <summary>The peer's credentials in force for the newest generation; null until told.</summary>
    public IceCredentials? RemoteCredentials => (_next?.Remote ?? _current.Remote).Credentials;

    /// <summary>Whether a restart is prepared or under way: the pairs of the generation before still carry the data.</summary>
    public bool IsRestarting => _next is not null;

    /// <summary>The number of the newest generation; each restart and each other peer has a greater one.</summary>
    public int Generation => (_next ?? _current).Number;

    /// <summary>
    /// The pair data goes by: the nominated one, before nomination the best valid one; during a restart the old one until the
    /// new generation has selected. Null before the first valid pair. It stays when consent is lost: ask <see cref="CanSend"/>.
    /// </summary>
    public IceCandidatePair? SelectedPair => _selected;

    /// <summary>Whether data may be sent by <see cref="SelectedPair"/>: the peer's consent is fresh (RFC 7675 §5.2).</summary>
    public bool CanSend => State != IceAgentState.Closed && _selected is { } pair && IsAlive(pair);

    /// <summary>
    /// Whether the peer has checked the generation in use: only then it surely has this side's description. A peer that is still to get it
    /// answers checks too (RFC 8445 §7.3). Lite peers never check.
    /// </summary>
    public bool HasBeenChecked => _current.HasBeenChecked;

    /// <summary>The candidates gathered or discovered for the newest generation.</summary>
    public IEnumerable<IceCandidate> LocalCandidates => (_next ?? _current).Candidates.Select(static c => c.Candidate);

    /// <summary>The candidates told by the peer or discovered, of the newest generation.</summary>
    public IReadOnlyList<IceCandidate> RemoteCandidates => (_next ?? _current).Remote.Candidates;

    /// <summary>The pairs of the generation that carries the data, best first; for statistics.</summary>
    public IReadOnlyList<IceCandidatePair> Pairs => _current.Checklist.Pairs;

    /// <summary>The pairs of a restart under way, best first; empty when there is none.</summary>
    public IReadOnlyList<IceCandidatePair> RestartPairs => _next is null ? [] : _next.Checklist.Pairs;

    /// <summary>What was dropped, and why.</summary>
    public IceAgentCounters Counters { get; } = new();

    /// <summary>
    /// Whether a datagram that is not STUN may be taken from this path: an authenticated check has come along it. The peer may send
    /// as soon as that check is answered (RFC 8445 §12.1), which can be before its credentials are here. Without
    /// allocation; the path used last costs two comparisons.
    /// </summary>
    /// <param name="local">The socket's address.</param>
    /// <param name="remote">Where the datagram came from.</param>
    public bool IsValidatedRemote(TransportAddress local, TransportAddress remote) => IsValidatedRemote(local, remote, out _);

    /// <summary>The same, and the pair, for <see cref="IceCandidatePair.CountReceived"/>.</summary>
    /// <param name="local">The socket's address.</param>
    /// <param name="remote">Where the datagram came from.</param>
    /// <param name="pair">The pair; null when the answer is no, and while the peer's credentials are still on their way.</param>
    public bool IsValidatedRemote(TransportAddress local, TransportAddress remote, out IceCandidatePair? pair)
    {
        pair = _lastValidated;
        if (pair is not null && pair.RemoteAddress == remote && pair.LocalAddress == local)
        {
            return true;
        }

        var path = new PathKey(local, remote);
        if (IsValidated(_current, path, out pair) || IsValidated(_next, path, out pair) || IsValidatedBefore(path, out pair))
        {
            _lastValidated = pair ?? _lastValidated;
            return true;
        }

        pair = null;
        return false;
    }

    /// <summary>Takes a STUN datagram from the network.</summary>
    /// <param name="datagram">The datagram; not kept.</param>
    /// <param name="local">The address of the socket it came in on, as told to <see cref="AddLocalAddress"/>.</param>
    /// <param name="remote">Where it came from.</param>
    /// <param name="now">The present.</param>
    public void Receive(ReadOnlySpan<byte> datagram, TransportAddress local, TransportAddress remote, Instant now)
    {
        Observe(now);
        if (State == IceAgentState.Closed)
        {
            return;
        }

        if (!_baseByAddress.TryGetValue(local, out var @base)
            || !StunMessage.TryParse(datagram, out var message, out _)
            || !(message.VerifyFingerprint() || (!message.HasFingerprint && message.Class != StunClass.Request)))
        {
            // RFC 8445 §7.2.2: a check bears FINGERPRINT; the responses of servers alone may lack it.
            Counters.MalformedDatagrams++;
            return;
        }

        if (message.Method != StunMethod.Binding || message.Class == StunClass.Indication)
        {
            // RFC 8445 §11: a Binding indication keeps NATs open and says nothing; it is not answered.
            Counters.IgnoredMessages++;
            return;
        }

        if (message.Class == StunClass.Request)
        {
            ReceiveRequest(message, @base, remote);
        }
        else
        {
            ReceiveResponse(message, @base, remote);
        }

        Settle();
    }

    /// <summary>Writes the next datagram to send, if there is one.</summary>
    /// <param name="destination">At least <see cref="MaxDatagramLength"/> bytes.</param>
    /// <param name="now">The present.</param>
    /// <param name="local">The socket to send from.</param>
    /// <param name="remote">Where to send.</param>
    /// <returns>Its length in bytes; 0: nothing to send now.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int Transmit(Span<byte> destination, Instant now, out TransportAddress local, out TransportAddress remote)
    {
        if (destination.Length < MaxDatagramLength)
        {
            throw new ArgumentException($"A datagram takes up to {MaxDatagramLength} bytes.", nameof(destination));
        }

        Advance(now);
        local = remote = default;
        if (State == IceAgentState.Closed)
        {
            return 0;
        }

        var length = TransmitResponse(destination, ref local, ref remote);
        length = length > 0 ? length : TransmitConsent(destination, ref local, ref remote);
        length = length > 0 ? length : Retransmit(destination, ref local, ref remote);
        length = length > 0 ? length : StartTransaction(destination, ref local, ref remote);
        _isDeadlineStale |= length > 0;
        return length;
    }

    /// <summary>What happened next.</summary>
    /// <returns>False: nothing is left to tell.</returns>
    public bool TryRead(out IceEvent happened) => _events.TryDequeue(out happened);

    /// <summary>Ends the agent: nothing is sent, received or told any more but the change of state.</summary>
    public void Close()
    {
        if (State == IceAgentState.Closed)
        {
            return;
        }

        _responses.Clear();
        _transactions.Clear();
        _inFlight.Clear();
        _queries.Clear();
        _next = null;
        _retired.Clear();
        _spares.Clear();
        _strangers.Clear();
        _offered = null;
        ChangeState(IceAgentState.Closed);
        _isDeadlineStale = true;
    }

    private static bool IsValidated(IceGeneration? generation, PathKey path, out IceCandidatePair? pair)
    {
        pair = null;
        return generation is not null && (generation.Checklist.TryFind(path, out pair) ? pair.IsValidated : generation.HasEarlyCheck(path));
    }

    private bool IsValidatedBefore(PathKey path, out IceCandidatePair? pair)
    {
        foreach (var generation in _retired)
        {
            if (IsValidated(generation, path, out pair))
            {
                return true;
            }
        }

        pair = null;
        return false;
    }

    private IceGeneration NewGeneration(IceCredentials local) =>
        new(++_generations, local, new RemoteSide(_options.MaxRemoteCandidates), _options);

    private bool IsActive(IceGeneration generation) => generation == _current || generation == _next;

    private TransactionId NewTransactionId() =>
        TransactionTag is { } tag ? TransactionId.Create(_random, tag) : TransactionId.Create(_random);

    private void Tell(IceEvent happened)
    {
        if (!_events.TryEnqueue(happened) && Counters.DroppedEvents++ == 0)
        {
            IceLog.EventsDropped(_logger);
        }
    }

    private void Observe(Instant now)
    {
        if (now > _now)
        {
            _now = now;
        }
    }
}
