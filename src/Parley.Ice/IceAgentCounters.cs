namespace Parley.Ice;

/// <summary>What an agent has dropped, and why; for operators and tests.</summary>
public sealed class IceAgentCounters
{
    /// <summary>Datagrams that are no STUN message, have a wrong FINGERPRINT, or came in on no known socket.</summary>
    public long MalformedDatagrams { get; internal set; }

    /// <summary>Requests refused or dropped for their credentials.</summary>
    public long UnauthenticatedRequests { get; internal set; }

    /// <summary>Responses that belong to no request of ours or fail their integrity.</summary>
    public long UnexpectedResponses { get; internal set; }

    /// <summary>Binding indications (keepalives), and methods that are not Binding.</summary>
    public long IgnoredMessages { get; internal set; }

    /// <summary>Responses not sent because too many were waiting.</summary>
    public long DroppedResponses { get; internal set; }

    /// <summary>Role conflicts seen, by a request or by a 487.</summary>
    public long RoleConflicts { get; internal set; }

    /// <summary>Remote candidates whose ufrag belongs to no generation.</summary>
    public long UnknownGenerationCandidates { get; internal set; }

    /// <summary>Remote candidates already known.</summary>
    public long DuplicateCandidates { get; internal set; }

    /// <summary>Remote candidates over TCP, of another component, or with an address that cannot be sent to.</summary>
    public long IgnoredCandidates { get; internal set; }

    /// <summary>Remote candidates and early checks beyond their bounds.</summary>
    public long ExcessCandidates { get; internal set; }

    /// <summary>Pairs dropped to keep within <see cref="IceAgentOptions.MaxCandidatePairs"/>.</summary>
    public long DroppedPairs { get; internal set; }

    /// <summary>Datagrams from addresses that no check came from, which led to no check of this side's either.</summary>
    public long IgnoredStrangers { get; internal set; }

    /// <summary>How often data went over to another pair because the one in use had died, or the peer had left it.</summary>
    public long Moves { get; internal set; }

    /// <summary>Events that nobody read in time.</summary>
    public long DroppedEvents { get; internal set; }
}
