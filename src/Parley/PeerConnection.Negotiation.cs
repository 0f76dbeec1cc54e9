using Parley.Dtls;
using Parley.Media;

namespace Parley;

// The methods that make and set descriptions (webrtc-pc §4.4.2).
public sealed partial class PeerConnection
{
    private readonly HashSet<(string Ufrag, string Password)> _localIceCredentialsToReplace = [];
    private readonly List<MediaSection> _sections = [];
    private List<MediaSection> _stableSections = [];
    private AppliedDescription? _currentLocal, _currentRemote, _pendingLocal, _pendingRemote;
    private CreatedDescription? _lastCreatedOffer, _lastCreatedAnswer;
    private bool _setLocalDescriptionWasCalled;

    /// <summary>The pending local description, else the current one.</summary>
    public SessionDescription? LocalDescription => Read(() => (_pendingLocal ?? _currentLocal)?.ToSessionDescription());

    /// <summary>The local description last negotiated, with the candidates gathered since.</summary>
    public SessionDescription? CurrentLocalDescription => Read(() => _currentLocal?.ToSessionDescription());

    /// <summary>The local description being negotiated, with the candidates gathered since.</summary>
    public SessionDescription? PendingLocalDescription => Read(() => _pendingLocal?.ToSessionDescription());

    /// <summary>The pending remote description, else the current one.</summary>
    public SessionDescription? RemoteDescription => Read(() => (_pendingRemote ?? _currentRemote)?.ToSessionDescription());

    /// <summary>The remote description last negotiated, with the candidates added since.</summary>
    public SessionDescription? CurrentRemoteDescription => Read(() => _currentRemote?.ToSessionDescription());

    /// <summary>The remote description being negotiated, with the candidates added since.</summary>
    public SessionDescription? PendingRemoteDescription => Read(() => _pendingRemote?.ToSessionDescription());

    /// <summary>Whether the peer takes trickled candidates; null while no remote description is set (webrtc-pc §4.4.2).</summary>
    public bool? CanTrickleIceCandidates =>
        Read(() => (_pendingRemote ?? _currentRemote)?.Document is { } document ? (bool?)document.SupportsTrickle() : null);

    /// <summary>Makes an offer of the present state (webrtc-pc §4.4.2, createOffer). It changes nothing until it is set.</summary>
    /// <exception cref="RtcException">InvalidStateError: closed, or neither stable nor have-local-offer.</exception>
    public Task<SessionDescription> CreateOfferAsync(OfferOptions? options = null)
    {
        lock (Gate)
        {
            if (!IsClosed && options is not null)
            {
                OfferToReceive(MediaKind.Audio, options.OfferToReceiveAudio);
                OfferToReceive(MediaKind.Video, options.OfferToReceiveVideo);
            }

            return _operations.Chain<SessionDescription>(operation =>
                CreateOffer(options ?? new OfferOptions(), created => operation.Resolve(created.Description), operation.Reject));
        }
    }

    /// <summary>Makes an answer to the pending remote offer (webrtc-pc §4.4.2, createAnswer). It changes nothing until it is set.</summary>
    /// <exception cref="RtcException">InvalidStateError: closed, or neither have-remote-offer nor have-local-pranswer.</exception>
    public Task<SessionDescription> CreateAnswerAsync(AnswerOptions? options = null)
    {
        _ = options;
        lock (Gate)
        {
            return _operations.Chain<SessionDescription>(operation =>
                CreateAnswer(created => operation.Resolve(created.Description), operation.Reject));
        }
    }

    /// <summary>Makes and sets the offer or answer that the signaling state calls for (webrtc-pc §4.4.2, setLocalDescription).</summary>
    public Task SetLocalDescriptionAsync() => SetLocalDescriptionAsync(new LocalSessionDescriptionInit());

    /// <summary>
    /// Sets a description as <see cref="CreateOfferAsync"/> or <see cref="CreateAnswerAsync"/> returned it, or a rollback.
    /// </summary>
    public Task SetLocalDescriptionAsync(SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return SetLocalDescriptionAsync(new LocalSessionDescriptionInit(description.Type, description.Sdp));
    }

    /// <summary>Sets the local description (webrtc-pc §4.4.2, setLocalDescription).</summary>
    /// <exception cref="RtcException">InvalidStateError: closed, or not allowed in this signaling state. InvalidModificationError: not the
    /// text that was created.</exception>
    public Task SetLocalDescriptionAsync(LocalSessionDescriptionInit description)
    {
        ArgumentNullException.ThrowIfNull(description);
        ThrowIfMalformed(description.Type ?? SdpType.Offer, description.Sdp);
        lock (Gate)
        {
            _setLocalDescriptionWasCalled = true;
            return _operations.Chain<bool>(operation => SetLocalDescription(description, operation));
        }
    }

    /// <summary>
    /// Sets the peer's description (webrtc-pc §4.4.2, setRemoteDescription). A remote offer that meets a local one rolls the local one
    /// back.
    /// </summary>
    /// <exception cref="RtcException">
    /// InvalidStateError: closed, or not allowed in this signaling state. InvalidAccessError: the content is not acceptable.
    /// <see cref="RtcError"/> with <see cref="RtcErrorDetail.SdpSyntaxError"/>: not SDP; it names the line.
    /// </exception>
    public Task SetRemoteDescriptionAsync(SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        ThrowIfMalformed(description.Type, description.Sdp);
        lock (Gate)
        {
            return _operations.Chain<bool>(operation =>
            {
                // An offer is "invalid for the current signaling state" in all states but stable and have-remote-offer (RFC 9429 §5.6). In
                // the pranswer states the rollback is refused, and with it the offer.
                if (description.Type == SdpType.Offer && SignalingState is not (SignalingState.Stable or SignalingState.HaveRemoteOffer))
                {
                    SetDescription(
                        new SessionDescription(SdpType.Rollback),
                        remote: false,
                        () => SetDescription(description, remote: true, () => operation.Resolve(true), operation.Reject),
                        operation.Reject);
                    return;
                }

                SetDescription(description, remote: true, () => operation.Resolve(true), operation.Reject);
            });
        }
    }

    /// <summary>Asks for a restart of ICE with the next offer (webrtc-pc §4.4.2, restartIce).</summary>
    public void RestartIce()
    {
        lock (Gate)
        {
            _localIceCredentialsToReplace.Clear();
            foreach (var description in (AppliedDescription?[])[_currentLocal, _pendingLocal])
            {
                _localIceCredentialsToReplace.UnionWith(description?.Document.AllIceCredentials() ?? []);
            }

            DescriptionStateChanged();
            UpdateNegotiationNeeded();
        }
    }

    /// <summary>
    /// Makes several changes as one task, as a script makes them, which runs to its end before any event does: no event of this connection
    /// begins in between, so tracks, transceivers and channels that are added together are in one offer. Without it an
    /// event may come after the first change, on another thread. May be nested, and called in a handler, where it changes nothing.
    /// </summary>
    /// <param name="changes">What to do. It runs on the calling thread, at once; it must not wait for an event or a promise of this
    /// connection.</param>
    public void Batch(Action changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        Queue.Hold();
        try
        {
            changes();
        }
        finally
        {
            Queue.Release();
        }
    }

    // What JavaScript's types would refuse (TypeError).
    private static void ThrowIfMalformed(SdpType type, string sdp)
    {
        if (!Enum.IsDefined(type) || sdp is null)
        {
            throw new ArgumentException("A description has one of the types, and a text.", "description");
        }
    }

    /// <summary>"Legacy configuration extensions" (webrtc-pc §4.4.3.3), step 3: none of it updates the negotiation-needed flag.</summary>
    private void OfferToReceive(MediaKind kind, bool? wanted)
    {
        if (wanted is not { } receive)
        {
            return;
        }

        var open = _transceivers.Where(transceiver => !transceiver.IsStopping && transceiver.Kind == kind).ToArray();
        if (!receive)
        {
            foreach (var transceiver in open.Where(transceiver => transceiver.DirectionSlot.Receives()))
            {
                transceiver.SetDirection(
                    transceiver.DirectionSlot.Sends() ? RtpTransceiverDirection.SendOnly : RtpTransceiverDirection.Inactive);
            }
        }
        else if (!open.Any(transceiver => transceiver.DirectionSlot.Receives()))
        {
            CreateTransceiver(kind, RtpTransceiverDirection.RecvOnly, null, [], [], receiverTrackId: null);
        }
    }

    private void SetLocalDescription(LocalSessionDescriptionInit description, OperationsChain.Operation<bool> operation)
    {
        var type = description.Type
            ?? (SignalingState is SignalingState.Stable or SignalingState.HaveLocalOffer or SignalingState.HaveRemotePranswer
            ? SdpType.Offer
            : SdpType.Answer);
        var last = type == SdpType.Offer ? _lastCreatedOffer : _lastCreatedAnswer;
        if (type != SdpType.Rollback && description.Sdp.Length > 0 && description.Sdp != last?.Description.Sdp)
        {
            operation.Reject(
                new RtcException(RtcErrorNames.InvalidModificationError, "The description is not the one that was last created."));
            return;
        }

        void Set(CreatedDescription? created) => SetDescription(
            new SessionDescription(type, created?.Description.Sdp ?? ""),
            remote: false,
            () => operation.Resolve(true),
            operation.Reject);

        if (type == SdpType.Rollback || description.Sdp.Length > 0)
        {
            Set(type == SdpType.Rollback ? null : last);
        }
        else if (last is not null && IsAccurate(last))
        {
            Set(last);
        }
        else if (type == SdpType.Offer)
        {
            CreateOffer(new OfferOptions(), Set, operation.Reject);
        }
        else
        {
            CreateAnswer(Set, operation.Reject);
        }
    }

    /// <summary>"Create an offer" (webrtc-pc §4.4.2): checks now, the rest in a task.</summary>
    private void CreateOffer(OfferOptions options, Action<CreatedDescription> resolve, Action<Exception> reject)
    {
        if (SignalingState is not (SignalingState.Stable or SignalingState.HaveLocalOffer))
        {
            reject(new RtcException(RtcErrorNames.InvalidStateError, $"An offer cannot be made in state {SignalingState.ToW3CName()}."));
            return;
        }

        // The final steps run at one point in time, with the gate held: the state they describe cannot change underneath.
        EnqueueStep(reject, () =>
        {
            _lastCreatedOffer = new OfferBuilder(this, options).Build();
            resolve(_lastCreatedOffer);
        });
    }

    /// <summary>"Create an answer" (webrtc-pc §4.4.2): checks now, the rest in a task.</summary>
    private void CreateAnswer(Action<CreatedDescription> resolve, Action<Exception> reject)
    {
        if (SignalingState is not (SignalingState.HaveRemoteOffer or SignalingState.HaveLocalPranswer))
        {
            reject(new RtcException(RtcErrorNames.InvalidStateError, $"An answer cannot be made in state {SignalingState.ToW3CName()}."));
            return;
        }

        EnqueueStep(reject, () =>
        {
            _lastCreatedAnswer = new AnswerBuilder(this).Build();
            resolve(_lastCreatedAnswer);
        });
    }

    private void EnqueueStep(Action<Exception> reject, Action step) => Queue.Enqueue(() =>
    {
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            try
            {
                step();
            }
            catch (Exception error)
            {
                reject(error as RtcException ?? new RtcException(RtcErrorNames.OperationError, error.Message, error));
            }
        }
    });

    /// <summary>Whether a description created earlier still says what would be created now.</summary>
    private bool IsAccurate(CreatedDescription created) => created.StateVersion == StateVersion();

    private T Read<T>(Func<T> value)
    {
        lock (Gate)
        {
            return value();
        }
    }
}
