using Parley.Net;
using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>
/// The specification's perfect negotiation (webrtc-pc §10.7), step by step, over any channel; and at random what applications do beside it:
/// provisional answers, rollback by hand of the own offer and of the peer's, and descriptions that are created first and set afterwards.
/// </summary>
internal sealed class TestNegotiator : INegotiator
{
    private const int OneIsUnusualIn = 6;
    private readonly PeerConnection _connection;
    private readonly SignalingModel _model;
    private readonly ISignalingChannel _channel;
    private readonly bool _polite;
    private readonly RandomSource _random;
    private bool _makingOffer;
    private bool _ignoresOffer;
    private bool _settingRemoteAnswer;
    private int _answering;

    public TestNegotiator(PeerConnection connection, SignalingModel model, ISignalingChannel channel, bool polite, RandomSource random)
    {
        (_connection, _model, _channel, _polite, _random) = (connection, model, channel, polite, random);
        connection.NegotiationNeeded += (_, _) => OnNegotiationNeeded();
        connection.IceCandidateGathered += (_, args) =>
        {
            if (args.Candidate is { } candidate
                && !(IsTakingBack && _connection.CurrentLocalDescription?.Sdp.Contains($"ufrag:{candidate.UsernameFragment}\r\n") != true))
            {
                _ = _channel.SendAsync(candidate.ToInit());
            }
        };
        ReceiveAsync();
    }

    public bool IsBusy => _makingOffer || _answering > 0;

    public bool AllowsTakingBack => _polite;

    public bool IsTakingBack { get; set; }

    private bool IsUnusual => _random.Next(OneIsUnusualIn) == 0;

    private bool IsOver => _connection.SignalingState == SignalingState.Closed;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async void ReceiveAsync()
    {
        while (await _channel.ReceiveAsync() is { } message && !IsOver)
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
            await _model.SetLocalAsync();
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

        if (description.Type == SdpType.Offer)
        {
            _answering++;
            await AnswerAsync(description);
            _answering--;
            return;
        }

        _settingRemoteAnswer = description.Type == SdpType.Answer;
        await _model.SetRemoteAsync(description);
        _settingRemoteAnswer = false;
    }

    private async Task AnswerAsync(SessionDescription offer)
    {
        if (_connection.SignalingState == SignalingState.HaveLocalOffer && !_makingOffer && !_settingRemoteAnswer && IsUnusual)
        {
            // As before there was an implicit rollback: both chained at once.
            var takingBack = _model.SetLocalAsync(SdpType.Rollback);
            await _model.SetRemoteAsync(offer);
            await takingBack;
        }
        else
        {
            await _model.SetRemoteAsync(offer);
        }

        if (!IsOver && IsUnusual && _connection.SignalingState == SignalingState.HaveRemoteOffer)
        {
            // Chained at once, so that nothing comes between.
            var takingBack = _model.SetRemoteAsync(new SessionDescription(SdpType.Rollback, ""));
            await _model.SetRemoteAsync(offer);
            await takingBack;
        }

        if (!IsOver && IsUnusual)
        {
            await _model.SetLocalAsync(SdpType.Pranswer);
            await _channel.SendAsync(_connection.LocalDescription!);
        }

        if (!IsOver)
        {
            await _model.SetLocalAsync(SdpType.Answer);
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
