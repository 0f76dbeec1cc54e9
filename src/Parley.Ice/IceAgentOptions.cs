using Parley.Stun;

namespace Parley.Ice;

/// <summary>How an <see cref="IceAgent"/> behaves. The defaults are defended in docs/ice.md.</summary>
public sealed class IceAgentOptions
{
    /// <summary>The role to begin with. The agent that made the first offer is controlling (RFC 8445 §6.1.1).</summary>
    public IceRole Role { get; init; } = IceRole.Controlled;

    /// <summary>The component of all candidates, 1 to 256.</summary>
    public int Component { get; init; } = 1;

    /// <summary>The credentials of the first generation; drawn when null.</summary>
    public IceCredentials? LocalCredentials { get; init; }

    /// <summary>The tie-breaker of role conflicts; drawn when null.</summary>
    public ulong? TieBreaker { get; init; }

    /// <summary>Which candidates may be used.</summary>
    public IceTransportPolicy TransportPolicy { get; init; } = IceTransportPolicy.All;

    /// <summary>Ta: the least time between the starts of two transactions; at least 5 ms (RFC 8445 §14.2). Default 20 ms.</summary>
    public TimeSpan CheckPacing { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The schedule of a connectivity check; its RTO grows with the number of pairs (RFC 8445 §14.3).</summary>
    public StunRetransmission CheckRetransmission { get; init; } = StunRetransmission.Default;

    /// <summary>The schedule of a request to a STUN server. Default: given up after 9.5 s.</summary>
    public StunRetransmission ServerRetransmission { get; init; } = new(TimeSpan.FromMilliseconds(500), 5, 4);

    /// <summary>How often the binding of a server-reflexive candidate is refreshed until a pair is nominated. Default 15 s.</summary>
    public TimeSpan ServerKeepaliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The mean time between consent requests; each wait is 0.8 to 1.2 of it (RFC 7675 §5.1). Default 5 s.</summary>
    public TimeSpan ConsentInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The mean time between checks of a valid pair that could take the place of the one in use. Default 10 s.</summary>
    public TimeSpan SpareInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long consent lasts after a response (RFC 7675 §5.1). Default 30 s.</summary>
    public TimeSpan ConsentExpiry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The silence after which the agent is <see cref="IceAgentState.Disconnected"/>. Default 7 s.</summary>
    public TimeSpan DisconnectedTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>
    /// The time after its last candidate's first check at which an agent without a valid pair is <see cref="IceAgentState.Unreachable"/>.
    /// Default 15 s.
    /// </summary>
    public TimeSpan UnreachableTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often a pair that never answered is checked again after its check has failed, while none has answered: the peer may get this
    /// side's description late, and NATs let in only whom they have seen a datagram for. Default 10 s.
    /// </summary>
    public TimeSpan CheckAgainInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long that goes on. Default 10 minutes.</summary>
    public TimeSpan CheckAgainDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The least time before the agent may fail for want of a pair (RFC 8863 §4). Default 39.5 s.</summary>
    public TimeSpan PatienceTimeout { get; init; } = TimeSpan.FromSeconds(39.5);

    /// <summary>Controlling: how long after the first valid pair to wait for a better one, while one may come. Default 500 ms.</summary>
    public TimeSpan NominationPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same while the best valid pair is relayed. Default 2 s.</summary>
    public TimeSpan RelayedNominationPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the paths before a restart are still heard once the new ones carry the data. Default 5 s.</summary>
    public TimeSpan RetiredGenerationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most pairs of a generation (RFC 8445 §6.1.2.5). Default 100.</summary>
    public int MaxCandidatePairs { get; init; } = 100;

    /// <summary>The most remote candidates of a generation, peer-reflexive ones included. Default 200.</summary>
    public int MaxRemoteCandidates { get; init; } = 200;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Component, 1, nameof(Component));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Component, 256, nameof(Component));
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckPacing, TimeSpan.FromMilliseconds(5), nameof(CheckPacing));
        Validate(CheckRetransmission, nameof(CheckRetransmission));
        Validate(ServerRetransmission, nameof(ServerRetransmission));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ServerKeepaliveInterval, TimeSpan.Zero, nameof(ServerKeepaliveInterval));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConsentInterval, TimeSpan.Zero, nameof(ConsentInterval));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConsentExpiry, ConsentInterval, nameof(ConsentExpiry));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SpareInterval, TimeSpan.Zero, nameof(SpareInterval));
        ArgumentOutOfRangeException.ThrowIfNegative(UnreachableTimeout.Ticks, nameof(UnreachableTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CheckAgainInterval, TimeSpan.Zero, nameof(CheckAgainInterval));
        ArgumentOutOfRangeException.ThrowIfNegative(CheckAgainDuration.Ticks, nameof(CheckAgainDuration));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DisconnectedTimeout, TimeSpan.Zero, nameof(DisconnectedTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(PatienceTimeout.Ticks, nameof(PatienceTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(NominationPatience.Ticks, nameof(NominationPatience));
        ArgumentOutOfRangeException.ThrowIfNegative(RelayedNominationPatience.Ticks, nameof(RelayedNominationPatience));
        ArgumentOutOfRangeException.ThrowIfNegative(RetiredGenerationTimeout.Ticks, nameof(RetiredGenerationTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCandidatePairs, 1, nameof(MaxCandidatePairs));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRemoteCandidates, 1, nameof(MaxRemoteCandidates));
    }

    private static void Validate(StunRetransmission schedule, string name)
    {
        if (schedule.Rto <= TimeSpan.Zero || schedule.Rc < 1 || schedule.Rm < 1)
        {
            throw new ArgumentOutOfRangeException(name, "Rto must be positive, Rc and Rm at least 1.");
        }
    }
}
