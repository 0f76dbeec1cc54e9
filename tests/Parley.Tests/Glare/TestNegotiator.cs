using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>The specification's perfect negotiation (webrtc-pc §10.7), step by step, over any channel.</summary>
internal sealed class TestNegotiator : INegotiator
{
    private readonly PeerConnection _connection;
    private readonly SignalingModel _model;
    private readonly ISignalingChannel _channel;
    private readonly bool _polite;
    private bool _makingOffer;
    private bool _ignoresOffer;
    private bool _settingRemoteAnswer;

    public TestNegotiator(PeerConnection connection, SignalingModel model, ISignalingChannel channel, bool polite)
    {
        (_connection, _model, _channel, _polite) = (connection, model, channel, polite);
        connection.NegotiationNeeded += (_, _) => OnNegotiationNeeded();
        connection.IceCandidateGathered += (_, args) =>
        {
            if (args.Candidate is { } candidate && !(IsTakingBack && _connection.CurrentLocalDescription?.Sdp.Contains($"ufrag:{candidate.UsernameFragment}\r\n") != true))
            {
                _ = _channel.SendAsync(candidate.ToInit());
            }
        };
        ReceiveAsync();
    }

    public bool IsBusy => _makingOffer;

    public bool AllowsTakingBack => _polite;

    public bool IsTakingBack { get; set; }

    private async void ReceiveAsync()
    {
        while (await _channel.ReceiveAsync() is { } message)
        {
            OnMessage(message);
        }
    }

    /// <summary>Takes a message of the peer's. As in a browser, it does not wait for the one before it.</summary>
    private async void OnMessage(SignalingMessage message)
    {
        if (message.Description is { } description)
        {
            await OnDescriptionAsync(description);
        }
        else
        {
            await OnCandidateAsync(message.Candidate);
        }
    }

    private async void OnNegotiationNeeded()
    {
        _makingOffer = true;
        try
        {
            await _model.CallAsync("SLD()", _connection.SetLocalDescriptionAsync);
            await _channel.SendAsync(_connection.LocalDescription!);
        }
        finally
        {
            _makingOffer = false;
        }
    }

    private async Task OnDescriptionAsync(SessionDescription description)
    {
        var isReady = !_makingOffer && (_connection.SignalingState == SignalingState.Stable || _settingRemoteAnswer);
        var collides = description.Type == SdpType.Offer && !isReady;
        _ignoresOffer = !_polite && collides;
        if (_ignoresOffer)
        {
            _model.Note("ignores the offer");
            return;
        }

        _settingRemoteAnswer = description.Type == SdpType.Answer;
        await _model.SetRemoteAsync(description);
        _settingRemoteAnswer = false;
        if (description.Type == SdpType.Offer)
        {
            await _model.CallAsync("SLD()", _connection.SetLocalDescriptionAsync);
            await _channel.SendAsync(_connection.LocalDescription!);
        }
    }

    private async Task OnCandidateAsync(IceCandidateInit? candidate)
    {
        // Asked at once: by the time the candidate is refused, the next description may have come.
        var isOfIgnoredOffer = _ignoresOffer;
        try
        {
            await _connection.AddIceCandidateAsync(candidate);
        }
        catch (RtcException) when (isOfIgnoredOffer)
        {
        }
    }
}
