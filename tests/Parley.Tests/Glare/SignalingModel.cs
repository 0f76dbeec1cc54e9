namespace Parley.Tests.Glare;

/// <summary>
/// The signaling state machine of webrtc-pc §4.3.1, written plainly and on its own: it is told what is called and sees what
/// happens, and throws when the two do not fit.
/// </summary>
internal sealed class SignalingModel
{
    /// <summary>The arrows of the specification's picture; a remote offer that meets a local one passes stable on its way.</summary>
    private static readonly HashSet<(SignalingState From, SignalingState To)> s_arrows =
    [
        (SignalingState.Stable, SignalingState.HaveLocalOffer),
        (SignalingState.Stable, SignalingState.HaveRemoteOffer),
        (SignalingState.HaveLocalOffer, SignalingState.Stable),
        (SignalingState.HaveLocalOffer, SignalingState.HaveRemotePranswer),
        (SignalingState.HaveRemoteOffer, SignalingState.Stable),
        (SignalingState.HaveRemoteOffer, SignalingState.HaveLocalPranswer),
        (SignalingState.HaveRemotePranswer, SignalingState.Stable),
        (SignalingState.HaveLocalPranswer, SignalingState.Stable),
    ];

    private readonly PeerConnection _connection;
    private readonly bool _seesCalls;
    private readonly List<string> _log = [];
    private readonly TrackModel _tracks;
    private int _underWay;

    public SignalingModel(string name, PeerConnection connection, bool seesCalls)
    {
        Name = name;
        _connection = connection;
        _seesCalls = seesCalls;
        connection.SignalingStateChanged += (_, _) => OnSignalingStateChanged();
        connection.NegotiationNeeded += (_, _) => OnNegotiationNeeded();
        _tracks = new TrackModel(connection, seesCalls, Note, Expect);
        _ = new TransportModel(connection, Note, Expect);
    }

    /// <summary>Whose state it is.</summary>
    public string Name { get; }

    /// <summary>The state as the model sees it.</summary>
    public SignalingState State { get; private set; } = SignalingState.Stable;

    /// <summary>Whether negotiation was asked for and has not come to its end since.</summary>
    public bool IsNegotiationOutstanding { get; private set; }

    /// <summary>Whether no method of the chain is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>What happened so far.</summary>
    public string Log => string.Join('\n', _log);

    public void Note(string text) => _log.Add($"{Name}: {text}");

    /// <summary>Calls a method of the operations chain.</summary>
    public async Task CallAsync(string what, Func<Task> method)
    {
        _underWay++;
        Note($"{what} …");
        try
        {
            await method();
            Note($"{what} done");
        }
        catch (Exception error)
        {
            Note($"{what} failed: {error.Message}");
            throw;
        }
        finally
        {
            _underWay--;
        }
    }

    /// <summary>Calls setRemoteDescription and compares what it made happen with what the text says.</summary>
    public async Task SetRemoteAsync(SessionDescription description)
    {
        await CallAsync($"SRD({description.Type})", () => _connection.SetRemoteDescriptionAsync(description));
        _tracks.ExpectRemote(description);
    }

    /// <summary>Calls setLocalDescription and compares what it made happen with what the text says.</summary>
    public async Task SetLocalAsync(SdpType? type = null)
    {
        await CallAsync($"SLD({type})", () => type is { } given
            ? _connection.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(given))
            : _connection.SetLocalDescriptionAsync());
        _tracks.ExpectLocal(type == SdpType.Rollback ? null : _connection.LocalDescription);
    }

    private void OnSignalingStateChanged()
    {
        var now = _connection.SignalingState;
        Note($"{State} → {now}");
        Expect(s_arrows.Contains((State, now)), $"no arrow leads from {State} to {now}");
        Expect(!_seesCalls || _underWay > 0, "the state changed without a method under way");
        _tracks.OnSignalingStateChanged(State, now);
        State = now;
        if (now == SignalingState.Stable)
        {
            IsNegotiationOutstanding = false;
        }

        ExpectDescriptions(now);
    }

    /// <summary>The pending and current descriptions of each state (webrtc-pc §4.7.1).</summary>
    private void ExpectDescriptions(SignalingState state)
    {
        var local = _connection.PendingLocalDescription?.Type;
        var remote = _connection.PendingRemoteDescription?.Type;
        var fits = state switch
        {
            SignalingState.Stable => (local, remote) is (null, null),
            SignalingState.HaveLocalOffer => (local, remote) is (SdpType.Offer, null),
            SignalingState.HaveRemoteOffer => (local, remote) is (null, SdpType.Offer),
            SignalingState.HaveLocalPranswer => (local, remote) is (SdpType.Pranswer, SdpType.Offer),
            SignalingState.HaveRemotePranswer => (local, remote) is (SdpType.Offer, SdpType.Pranswer),
            _ => false,
        };
        Expect(fits, $"in {state} the pending descriptions are {local} and {remote}");
        var both = (_connection.CurrentLocalDescription?.Type, _connection.CurrentRemoteDescription?.Type);
        Expect(
            both is (null, null) or (SdpType.Offer, SdpType.Answer) or (SdpType.Answer, SdpType.Offer),
            $"the current descriptions are {both}");
    }

    private void OnNegotiationNeeded()
    {
        Note("negotiationneeded");
        Expect(_connection.SignalingState == SignalingState.Stable, $"negotiationneeded came in {_connection.SignalingState}");
        Expect(_underWay == 0, "negotiationneeded came while a method was under way");
        Expect(!IsNegotiationOutstanding, "negotiationneeded came twice without a negotiation between");
        IsNegotiationOutstanding = true;
    }

    private void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new Xunit.Sdk.XunitException($"{Name}: {otherwise}");
        }
    }
}
