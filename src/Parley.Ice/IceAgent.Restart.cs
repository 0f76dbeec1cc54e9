using Parley.Net;

namespace Parley.Ice;

// RFC 8445 §9: the restart, which the calls before it survive.
public sealed partial class IceAgent
{
    // A peer may go back to a path of two restarts ago for a moment, as Chromium does.
    private const int MaxRetired = 4;

    /// <summary>
    /// Prepares a new generation under new local credentials: gathers anew (the events come again) and, as soon as the peer's new
    /// credentials are there, checks. Until the new generation has a nominated pair the old one carries the data, answers checks
    /// and keeps its consent. A restart that was prepared before is forgotten.
    /// </summary>
    /// <param name="newLocal">The credentials to signal.</param>
    /// <param name="now">The present.</param>
    public void Restart(IceCredentials newLocal, Instant now)
    {
        ArgumentNullException.ThrowIfNull(newLocal);
        Observe(now);
        if (State == IceAgentState.Closed || newLocal.Equals(LocalCredentials))
        {
            return;
        }

        IceLog.RestartPrepared(_logger);
        _next = NewGeneration(newLocal);
        if (_offered is not null)
        {
            _next.Remote = _offered;
            _offered = null;
        }

        if (_hasStartedGathering)
        {
            Gather();
        }

        if (_next.CanCheck)
        {
            Begin(_next);
        }

        Settle();
    }

    /// <summary>
    /// Forgets the restart under way, ours or the peer's: the credentials before it are in force again. Without one nothing happens.
    /// </summary>
    /// <remarks>W3C: the rollback of a restart offer (RFC 9429 §5.7).</remarks>
    public void RollBackRestart(Instant now)
    {
        Observe(now);
        if (_next is null && _offered is null)
        {
            return;
        }

        IceLog.RestartRolledBack(_logger);
        _next = null;
        _offered = null;
        if (_current.GatheringState == IceGatheringState.Complete)
        {
            _queries.Clear();
        }

        Settle();
    }

    /// <summary>
    /// Another peer answers in the place of the one before (serial forking): what was checked with that one is forgotten, and checks begin
    /// anew with the candidates gathered already. Before any credentials, or with equal ones, it is as <see cref="SetRemoteCredentials"/>.
    /// </summary>
    /// <param name="credentials">The new peer's ufrag and password.</param>
    /// <param name="isLite">Whether it is a lite agent.</param>
    /// <param name="now">The present.</param>
    /// <remarks>RFC 9429 §5.10: "signal the ICE agent to discard any previous ICE checklist state".</remarks>
    public void ReplaceRemote(IceCredentials credentials, bool isLite, Instant now)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        Observe(now);
        var old = _next ?? _current;
        if (old.Remote.Credentials is null || old.Remote.Credentials.Equals(credentials) || State == IceAgentState.Closed)
        {
            SetRemoteCredentials(credentials, isLite, now);
            return;
        }

        IceLog.PeerReplaced(_logger);
        var fresh = NewGeneration(old.Local);
        fresh.GatheringState = old.GatheringState;
        old.Candidates.ForEach(local => fresh.TryAdd(local));
        (_next, _current) = _next is null ? (null, fresh) : (fresh, _current);
        _lastValidated = null;
        if (_selected?.Generation == old)
        {
            _selected = null;
            Tell(IceEvent.Selected(null));
        }

        fresh.Remote.Accept(credentials, isLite);
        Begin(fresh);
        Settle();
    }

    // RFC 8445 §9: the old pair is used until the new generation has selected. When the old one is lost already, the first valid pair will
    // do.
    private void Promote()
    {
        if (_next is null || BestPair(_next) is not { } best || (!best.IsNominated && _selected is { } old && IsAlive(old)))
        {
            return;
        }

        IceLog.RestartComplete(_logger);
        if (_retired.Count == MaxRetired)
        {
            _retired.RemoveAt(0);
        }

        _current.RetiredUntil = _now + _options.RetiredGenerationTimeout;
        _retired.Add(_current);
        _current = _next;
        _next = null;
        _lastValidated = null;
    }
}
