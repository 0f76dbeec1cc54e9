using Parley.Dtls;
using Parley.Ice;
using Parley.Net;

namespace Parley.Transport;

// The one command of negotiation: what differs between two plans.
public sealed partial class BundleTransport
{
    /// <summary>Brings the transport in line with a plan. A plan that says what the one before said changes nothing.</summary>
    /// <param name="plan">The plan, which takes the place of the one before, whole.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="ArgumentException"><see cref="TransportPlan.Check"/> finds an error; nothing has been changed.</exception>
    public void Apply(TransportPlan plan, Instant now)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (ReferenceEquals(plan, _plan) || _isClosed)
        {
            return;
        }

        if (plan.Check() is not TransportPlanError.None and var error)
        {
            throw new ArgumentException($"The plan cannot be applied: {error}.", nameof(plan));
        }

        var before = _plan;
        _plan = plan;
        if (plan.Role is { } role && role != before.Role)
        {
            _ice.Role = role;
        }

        ApplyLocal(plan, before, now);
        ApplyRemote(plan.Remote, before.Remote, now);
        ApplyDtls(plan.Dtls, before.Dtls, now);
        if (plan.Sctp != before.Sctp)
        {
            SettleDtls(now);
            _data.Apply(plan.Sctp, before.Sctp, _paths, _dtls, now);
        }

        _media.Apply(plan.Sections, plan.ReducedSizeRtcp, now);
        Settle(now);
    }

    private void ApplyLocal(TransportPlan plan, TransportPlan before, Instant now)
    {
        if (plan.Local.Number < before.Local.Number)
        {
            RollBackRestart(plan.Local, now);
        }
        else if (plan.Local.Number > before.Local.Number)
        {
            Restart(plan.Local, now);
        }

        if (plan.Gathers && !before.Gathers)
        {
            _ice.TransportPolicy = plan.Policy;
            _events.Enqueue(TransportEvent.Of(TransportEventKind.LocalPathsWanted));
        }
    }

    private void Restart(LocalGeneration local, Instant now)
    {
        _canRollBack = true;
        _previousUfrag = _localUfrag;
        _localUfrag = local.Credentials.UsernameFragment;

        // webrtc-pc §4.4.1.6: new servers and a new policy count from the next gathering phase on.
        _ice.RemoveStunServers();
        _ice.TransportPolicy = _plan.Policy;
        _ice.HoldGathering();
        _isHeldForPaths = true;
        _ice.Restart(local.Credentials, now);
        _events.Enqueue(TransportEvent.Of(TransportEventKind.HeardFragmentsChanged));
        SettleIce(now);

        // The machine may be in another network by now.
        _events.Enqueue(TransportEvent.Of(TransportEventKind.LocalPathsWanted));
    }

    private void RollBackRestart(LocalGeneration local, Instant now)
    {
        if (_canRollBack && local.Credentials.UsernameFragment == _previousUfrag)
        {
            _canRollBack = false;
            _localUfrag = _previousUfrag;
            _ice.RollBackRestart(now);
            _events.Enqueue(TransportEvent.Of(TransportEventKind.HeardFragmentsChanged));
        }
    }

    private void ApplyRemote(RemotePeer? peer, RemotePeer? before, Instant now)
    {
        if (peer is null || peer == before)
        {
            return;
        }

        _canRollBack = false;
        if (before is not null && peer.Number != before.Number)
        {
            _ice.ReplaceRemote(peer.Credentials, peer.IsLite, now);
        }
        else
        {
            _ice.SetRemoteCredentials(peer.Credentials, peer.IsLite, now);
        }
    }

    private void ApplyDtls(DtlsPlan? plan, DtlsPlan? before, Instant now)
    {
        if (plan is null || plan == before)
        {
            return;
        }

        SettleIce(now);
        if (_dtls is not null && before is not null && plan.Association != before.Association)
        {
            TearDownDtls();
        }

        if (_dtls is not null)
        {
            _dtls.SetRemoteFingerprints(plan.Fingerprints);
            return;
        }

        StartDtls(plan, now);
    }
}
