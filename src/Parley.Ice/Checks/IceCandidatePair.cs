using Parley.Net;

namespace Parley.Ice;

/// <summary>
/// A path: a socket of ours and an address of the peer's (RFC 8445 §6.1.2), with what is known of it and what webrtc-stats
/// counts. Read it on the agent's loop only.
/// </summary>
public sealed class IceCandidatePair
{
    internal IceCandidatePair(int id, IceGeneration generation, LocalCandidate local, IceCandidate remote, TransportAddress remoteAddress)
    {
        Id = id;
        Generation = generation;
        Base = local.Base;
        Origin = local.Candidate;
        Local = local.Candidate;
        Remote = remote;
        RemoteAddress = remoteAddress;
    }

    /// <summary>A number that no other pair of this agent has.</summary>
    public int Id { get; }

    /// <summary>The number of the generation whose path it is: <see cref="IceAgent.Generation"/> when it was the newest.</summary>
    public int GenerationNumber => Generation.Number;

    /// <summary>The base: the local address of the socket to send from.</summary>
    public TransportAddress LocalAddress => Base.Address;

    /// <summary>The address to send to.</summary>
    public TransportAddress RemoteAddress { get; }

    /// <summary>The local candidate; once a check has succeeded, the one whose address the peer saw (RFC 8445 §7.2.5.3.2).</summary>
    public IceCandidate Local { get; internal set; }

    /// <summary>The remote candidate.</summary>
    public IceCandidate Remote { get; internal set; }

    /// <summary>The pair's priority (RFC 8445 §6.1.2.3); changes with the role.</summary>
    public ulong Priority { get; internal set; }

    /// <summary>The pair's state.</summary>
    public IceCandidatePairState State { get; internal set; }

    /// <summary>Whether the controlling side has nominated it.</summary>
    public bool IsNominated { get; internal set; }

    /// <summary>The round-trip time of the last exchange; null before the first.</summary>
    public TimeSpan? CurrentRoundTripTime { get; internal set; }

    /// <summary>The sum of all measured round-trip times.</summary>
    public TimeSpan TotalRoundTripTime { get; internal set; }

    /// <summary>Checks sent, without retransmissions and without requests for consent.</summary>
    public long RequestsSent { get; internal set; }

    /// <summary>Authenticated checks received.</summary>
    public long RequestsReceived { get; internal set; }

    /// <summary>Responses sent.</summary>
    public long ResponsesSent { get; internal set; }

    /// <summary>Valid responses received, to checks and to consent requests.</summary>
    public long ResponsesReceived { get; internal set; }

    /// <summary>Consent requests sent (RFC 7675).</summary>
    public long ConsentRequestsSent { get; internal set; }

    /// <summary>Datagrams of data sent, as <see cref="CountSent"/> was told.</summary>
    public long PacketsSent { get; private set; }

    /// <summary>Bytes of data sent, without IP and UDP headers.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Datagrams of data received, as <see cref="CountReceived"/> was told.</summary>
    public long PacketsReceived { get; private set; }

    /// <summary>Bytes of data received, without IP and UDP headers.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>When data was sent last.</summary>
    public Instant? LastPacketSentAt { get; private set; }

    /// <summary>When data was received last.</summary>
    public Instant? LastPacketReceivedAt { get; private set; }

    /// <summary>When the last valid response came; null before the first.</summary>
    public Instant? LastResponseAt { get; internal set; }

    /// <summary>When the peer's last authenticated check came; null before the first.</summary>
    internal Instant? LastRequestAt { get; set; }

    /// <summary>When the peer was heard here last of its own accord: by a check or by data.</summary>
    internal Instant? PeerHeardAt => Instant.Latest(LastRequestAt, LastPacketReceivedAt);

    /// <summary>When anything of the peer's came this way last.</summary>
    internal Instant? HeardAt => Instant.Latest(PeerHeardAt, LastResponseAt);

    /// <summary>When it was nominated last; null when it never was.</summary>
    internal Instant? NominatedAt { get; set; }

    /// <summary>When it was checked first; null before.</summary>
    internal Instant? FirstCheckedAt { get; set; }

    /// <summary>When a pair that has never answered is checked again, though it counts as failed.</summary>
    internal Instant? CheckAgainAt { get; set; }

    /// <summary>Whether it was kept or made after a pair had been nominated, as another way to the peer.</summary>
    internal bool IsSpare { get; set; }

    /// <summary>
    /// Whether it is that of an address which only data has come from, and not in the checklist before it answers a check.
    /// </summary>
    internal bool IsStranger { get; set; }

    internal IceGeneration Generation { get; }

    internal LocalBase Base { get; }

    /// <summary>Whether it stands in its generation's checklist; a pair that was dropped never does again.</summary>
    internal bool IsListed { get; set; }

    /// <summary>The local candidate the pair was formed of: its foundation and priority are the pair's.</summary>
    internal IceCandidate Origin { get; }

    /// <summary>The check whose outcome decides the state; null when none is under way.</summary>
    internal CheckTransaction? Active { get; set; }

    /// <summary>Whether it stands in the triggered-check queue.</summary>
    internal bool IsTriggered { get; set; }

    /// <summary>Controlling: the next check carries USE-CANDIDATE. Controlled: the peer's check has carried it.</summary>
    internal bool IsToBeNominated { get; set; }

    /// <summary>Whether an authenticated request or response has come along this path.</summary>
    internal bool IsValidated { get; set; }

    /// <summary>The consent checks; null until data may go this way.</summary>
    internal Consent? Consent { get; set; }

    /// <summary>The loop has sent a datagram of data along this path.</summary>
    public void CountSent(int bytes, Instant now)
    {
        PacketsSent++;
        BytesSent += bytes;
        LastPacketSentAt = now;
    }

    /// <summary>The loop has received a datagram of data along this path.</summary>
    public void CountReceived(int bytes, Instant now)
    {
        PacketsReceived++;
        BytesReceived += bytes;
        LastPacketReceivedAt = now;
    }

    internal bool HasSameFoundation(IceCandidatePair other) =>
        Origin.Foundation == other.Origin.Foundation && Remote.Foundation == other.Remote.Foundation;

    internal void UpdatePriority(IceRole role) => Priority = role == IceRole.Controlling
        ? CandidatePriority.OfPair(Origin.Priority, Remote.Priority)
        : CandidatePriority.OfPair(Remote.Priority, Origin.Priority);

    internal void MeasureRoundTrip(TimeSpan roundTrip)
    {
        CurrentRoundTripTime = roundTrip;
        TotalRoundTripTime += roundTrip;
    }
}
