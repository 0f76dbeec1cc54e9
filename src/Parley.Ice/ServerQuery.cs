using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>A Binding request from a base to a STUN server (RFC 8445 §5.1.1.2), and what keeps its answer true.</summary>
internal sealed class ServerQuery(LocalBase @base, StunServer server)
{
    private StunTransaction _timing;

    public LocalBase Base { get; } = @base;

    public StunServer Server { get; } = server;

    public ServerQueryState State { get; private set; }

    public TransactionId Id => _timing.Id;

    /// <summary>In progress: when to send again or give up. Answered: when to refresh.</summary>
    public Instant NextAt => State == ServerQueryState.Answered ? RefreshAt : _timing.NextAt;

    public Instant RefreshAt { get; private set; }

    /// <summary>Whether the request under way refreshes a binding that is known already.</summary>
    public bool IsRefresh { get; private set; }

    public bool IsTransmissionDue(Instant now) => State == ServerQueryState.InProgress && _timing.IsTransmissionDue(now);

    public bool HasTimedOut(Instant now) => State == ServerQueryState.InProgress && _timing.HasTimedOut(now);

    public void Start(StunTransaction timing)
    {
        IsRefresh = State == ServerQueryState.Answered;
        State = ServerQueryState.InProgress;
        _timing = timing;
    }

    public void Transmitted(Instant now) => _timing.Transmitted(now);

    public void Answered(Instant refreshAt)
    {
        HasHeard = true;
        State = ServerQueryState.Answered;
        RefreshAt = refreshAt;
    }

    /// <summary>Whether the server has answered, if only with an error.</summary>
    public bool HasHeard { get; private set; }

    public void Refused()
    {
        HasHeard = true;
        State = ServerQueryState.Ended;
    }

    public void Ended() => State = ServerQueryState.Ended;
}
