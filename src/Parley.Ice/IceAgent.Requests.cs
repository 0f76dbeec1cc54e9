using System.Text;
using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

// RFC 8445 §7.3: the peer's checks.
public sealed partial class IceAgent
{
    private const int MaxRefusalLength = 48;

    private void ReceiveRequest(StunMessage request, LocalBase @base, TransportAddress remote)
    {
        if (TransportPolicy == IceTransportPolicy.Relay)
        {
            // An answer would show the peer the address that the policy hides.
            Counters.IgnoredMessages++;
            return;
        }

        if (!TryAuthenticate(request, out var generation, out var remoteFragment, out var refusal))
        {
            Refuse(request, @base, remote, refusal);
            return;
        }

        if (MixesGenerations(generation, remoteFragment))
        {
            Counters.UnauthenticatedRequests++;
            return;
        }

        Span<StunAttributeType> unknown = stackalloc StunAttributeType[1];
        if (request.FindUnknownAttributes(unknown) > 0)
        {
            Respond(request, @base, remote, StunErrorCode.UnknownAttribute, generation.Local.Key, unknown[0]);
            return;
        }

        if (!ResolveRoleConflict(request))
        {
            Respond(request, @base, remote, StunErrorCode.RoleConflict, generation.Local.Key);
            return;
        }

        Respond(request, @base, remote, 0, generation.Local.Key);
        var nominates = request.Contains(StunAttributeType.UseCandidate);
        request.TryReadUInt32(StunAttributeType.Priority, out var priority);
        if (!IsActive(generation))
        {
            return;
        }

        generation.HasBeenChecked = true;

        if (generation.CanCheck)
        {
            ActOnCheck(generation, @base, remote, priority, nominates);
        }
        else if (!generation.TryAddEarlyCheck(
            new EarlyCheck(@base, remote, priority, nominates, Encoding.UTF8.GetString(remoteFragment))))
        {
            Counters.ExcessCandidates++;
        }
    }

    /// <summary>
    /// Whether a check joins one generation of the peer's to another of ours, as a restarting peer does until it has both new
    /// descriptions: its new candidates with our old ones, or its old with our new. Answered, it would take that pair for valid, might
    /// choose it, and never restart. Nothing is said, so that a check that runs ahead of its description is repeated and then heard.
    /// </summary>
    private bool MixesGenerations(IceGeneration generation, ReadOnlySpan<byte> remoteFragment) =>
        generation.Remote.Credentials is { } peer
            ? !remoteFragment.SequenceEqual(peer.UsernameFragmentBytes)
            : generation == _next
                && _current.Remote.Credentials is { } before
                && remoteFragment.SequenceEqual(before.UsernameFragmentBytes);

    // RFC 8489 §9.1.3 with RFC 8445 §7.3: USERNAME is our ufrag, a colon, and the peer's, which proves nothing.
    private bool TryAuthenticate(
        StunMessage request, out IceGeneration generation, out ReadOnlySpan<byte> remoteFragment, out int refusal)
    {
        generation = _current;
        remoteFragment = default;
        refusal = StunErrorCode.BadRequest;
        if (!request.HasIntegrity || !request.TryFind(StunAttributeType.Username, out var username))
        {
            return false;
        }

        refusal = StunErrorCode.Unauthenticated;
        var colon = username.IndexOf((byte)':');
        if (colon < 0 || !TryFindGeneration(username[..colon], out generation) || !request.VerifyIntegrity(generation.Local.Key))
        {
            return false;
        }

        remoteFragment = username[(colon + 1)..];
        return true;
    }

    private bool TryFindGeneration(ReadOnlySpan<byte> fragment, out IceGeneration generation)
    {
        generation = _current;
        if (fragment.SequenceEqual(_current.Local.UsernameFragmentBytes))
        {
            return true;
        }

        if (_next is not null && fragment.SequenceEqual(_next.Local.UsernameFragmentBytes))
        {
            generation = _next;
            return true;
        }

        foreach (var retired in _retired)
        {
            if (fragment.SequenceEqual(retired.Local.UsernameFragmentBytes))
            {
                generation = retired;
                return true;
            }
        }

        return false;
    }

    // A stranger is told no more bytes than it sent: nobody is reached through us by a forged source address.
    private void Refuse(StunMessage request, LocalBase @base, TransportAddress remote, int code)
    {
        Counters.UnauthenticatedRequests++;
        if (request.Length >= MaxRefusalLength)
        {
            Respond(request, @base, remote, code, key: null);
        }
    }

    private void Respond(
        StunMessage request, LocalBase @base, TransportAddress remote, int code, byte[]? key, StunAttributeType unknown = default)
    {
        if (!_responses.TryEnqueue(new PendingResponse(@base.Address, remote, request.TransactionId, code, key, unknown)))
        {
            Counters.DroppedResponses++;
        }
    }

    private int TransmitResponse(Span<byte> destination, ref TransportAddress local, ref TransportAddress remote)
    {
        if (!_responses.TryDequeue(out var response))
        {
            return 0;
        }

        local = response.Local;
        remote = response.Remote;
        var isSuccess = response.ErrorCode == 0;
        var writer = new StunWriter(
            destination, isSuccess ? StunClass.SuccessResponse : StunClass.ErrorResponse, StunMethod.Binding, response.TransactionId);
        if (isSuccess)
        {
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, response.Remote);
        }
        else
        {
            writer.AddErrorCode(response.ErrorCode, default);
            if (response.ErrorCode == StunErrorCode.UnknownAttribute)
            {
                writer.AddUnknownAttributes([response.Unknown]);
            }
        }

        if (response.Key is not null)
        {
            writer.AddIntegrity(response.Key);
        }

        writer.AddFingerprint();
        return writer.Length;
    }

    /// <summary>RFC 8445 §7.3.1.1. False: the request is to be answered with 487.</summary>
    private bool ResolveRoleConflict(StunMessage request)
    {
        var conflicting = _role == IceRole.Controlling ? StunAttributeType.IceControlling : StunAttributeType.IceControlled;
        if (!request.TryReadUInt64(conflicting, out var tieBreaker))
        {
            return true;
        }

        // The larger tie-breaker controls: as the controlling side we keep the role by it, as the controlled one we take the other.
        Counters.RoleConflicts++;
        var isOursLarger = _tieBreaker >= tieBreaker;
        if (isOursLarger == (_role == IceRole.Controlling))
        {
            return false;
        }

        SwitchRole(_role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
        return true;
    }

    /// <summary>What an authenticated check means to us (RFC 8445 §7.3.1.3 to §7.3.1.5); it has been answered.</summary>
    private void ActOnCheck(IceGeneration generation, LocalBase @base, TransportAddress remote, uint priority, bool nominates)
    {
        if (!generation.Checklist.TryFind(new PathKey(@base.Address, remote), out var pair))
        {
            var added = AddTriggeredPair(generation, @base, remote, priority);
            if (added is null)
            {
                return;
            }

            pair = added;
        }

        pair.RequestsReceived++;
        pair.ResponsesSent++;
        pair.LastRequestAt = _now;

        // An address that appears in mid-call has to answer a check before its data is taken: whoever records the peer's checks can repeat
        // them from elsewhere.
        pair.IsValidated |= !generation.IsConcluded;
        TriggerCheck(pair, nominates && _role == IceRole.Controlled);
    }

    private IceCandidatePair? AddTriggeredPair(IceGeneration generation, LocalBase @base, TransportAddress remote, uint priority)
    {
        if (!generation.TryFind(@base.Address.WithoutScope(), @base, out var candidate))
        {
            return null;
        }

        if (!generation.Remote.TryFind(remote.WithoutScope(), out var peer))
        {
            if (generation.Remote.IsFull)
            {
                Counters.ExcessCandidates++;
                return null;
            }

            peer = PeerAt(generation, remote, priority);
            generation.Remote.Put(peer);
        }

        var pair = new IceCandidatePair(++_nextPairId, generation, new LocalCandidate(candidate, @base), peer, remote);
        return AddPair(pair) ? pair : null;
    }

    // RFC 8445 §7.3.1.3: a peer-reflexive remote candidate; its foundation is like no other.
    private IceCandidate PeerAt(IceGeneration generation, TransportAddress remote, uint priority) =>
        generation.Remote.TryFind(remote.WithoutScope(), out var known) ? known : new IceCandidate
        {
            Foundation = $"r{_nextPairId}",
            Component = _options.Component,
            Priority = Math.Clamp(priority, 1, int.MaxValue),
            Address = remote.WithoutScope(),
            Type = IceCandidateType.PeerReflexive,
            UsernameFragment = generation.Remote.Credentials?.UsernameFragment,
        };

    // RFC 8445 §7.3.1.4, by the pair's state.
    private void TriggerCheck(IceCandidatePair pair, bool nominates)
    {
        if (pair.State == IceCandidatePairState.Succeeded && IsFresh(pair))
        {
            if (nominates)
            {
                Nominated(pair);
            }

            return;
        }

        if (pair == _selected && IsAlive(pair) && !nominates)
        {
            // Its consent checks ask already.
            return;
        }

        pair.IsToBeNominated |= nominates;
        if (pair.State == IceCandidatePairState.InProgress && _inFlight.Count >= 4 * _options.MaxCandidatePairs)
        {
            return;
        }

        if (pair.State is IceCandidatePairState.InProgress or IceCandidatePairState.Failed or IceCandidatePairState.Frozen)
        {
            CancelActive(pair);
            pair.State = IceCandidatePairState.Waiting;
        }

        if (pair.State != IceCandidatePairState.Succeeded || pair.Active is null)
        {
            pair.Generation.Checklist.Trigger(pair);
        }
    }
}
