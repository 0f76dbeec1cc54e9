using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>
/// One end of a connection in a glare simulation: the connection, its negotiator, its model, its channels, and what is on hold.
/// </summary>
internal sealed class GlareSide
{
    private readonly Simulator _simulator;
    private readonly GlareChannel _channel;
    private readonly INegotiator _negotiator;
    private readonly Dictionary<RtpTransceiver, GlareHold> _holds = [];
    private int _channelsMade;

    public GlareSide(string name, GlarePeer peer, Simulator simulator, PeerConnection connection, bool polite, GlareChannel channel)
    {
        (Peer, _simulator, Connection, _channel) = (peer, simulator, connection, channel);
        // Half of the sides test the library's perfect negotiation, the other half the specification's words and everything beside them.
        var ofTheLibrary = simulator.Random.Next(2) == 0;
        Model = new SignalingModel(name, connection, seesCalls: !ofTheLibrary);
        _negotiator = ofTheLibrary
            ? new LibraryNegotiator(connection, channel, polite)
            : new TestNegotiator(connection, Model, channel, polite, simulator.Random);
        connection.DataChannelAdded += (_, args) => OnDataChannelAdded(args.Channel);
        channel.HoldNoted += OnHoldNoted;
    }

    public GlarePeer Peer { get; }

    public PeerConnection Connection { get; }

    public SignalingModel Model { get; }

    public bool IsClosed => Connection.SignalingState == SignalingState.Closed;

    /// <summary>The channels this side opened and did not close; each sends its label once it is open.</summary>
    public List<DataChannel> Channels { get; } = [];

    /// <summary>The channels this side opened and closed.</summary>
    public List<DataChannel> ClosedChannels { get; } = [];

    /// <summary>The channels that the other side opened.</summary>
    public List<DataChannel> Incoming { get; } = [];

    /// <summary>What came on the channels that the other side opened.</summary>
    public List<string> Texts { get; } = [];

    public bool IsSettled =>
        Connection.SignalingState == SignalingState.Stable && Model.IsIdle && !Model.IsNegotiationOutstanding && !_negotiator.IsBusy;

    public RtpTransceiver[] Live =>
        [.. Connection.GetTransceivers().Where(transceiver => transceiver.Direction != RtpTransceiverDirection.Stopped)];

    private RandomSource Random => _simulator.Random;

    /// <summary>Transceivers that are neither stopped nor on hold.</summary>
    public RtpTransceiver[] Free => [.. Live.Where(transceiver => !_holds.ContainsKey(transceiver))];

    public void OpenChannel()
    {
        var channel = Connection.CreateDataChannel($"{Model.Name}-{_channelsMade++}");
        Model.Note($"createDataChannel {channel.Label}");
        channel.Opened += (_, _) => channel.Send(channel.Label);
        Channels.Add(channel);
    }

    public void CloseChannel(DataChannel channel)
    {
        Model.Note($"close {channel.Label}");
        Channels.Remove(channel);
        ClosedChannels.Add(channel);
        channel.Close();
    }

    /// <summary>Enables hold: music for the voice, nothing heard, sendonly.</summary>
    public void Hold(RtpTransceiver transceiver)
    {
        var hold = HoldOf(transceiver);
        Model.Note($"holds {transceiver.Mid}");
        hold.IsMine = true;
        transceiver.Receiver.Track.Enabled = false;
        Apply(transceiver, hold);
        _channel.SendHold(transceiver.Mid!, holds: true);
    }

    /// <summary>Disables hold wherever this side holds: the earlier track and direction come back.</summary>
    public void Resume()
    {
        foreach (var (transceiver, hold) in _holds.Where(pair => pair.Value.IsMine).ToArray())
        {
            Model.Note($"resumes {transceiver.Mid}");
            hold.IsMine = false;
            transceiver.Receiver.Track.Enabled = true;
            Apply(transceiver, hold);
            _channel.SendHold(transceiver.Mid!, holds: false);
        }
    }

    public async void ReplaceTrack(RtpSender sender, MediaStreamTrack? track)
    {
        try
        {
            await Model.CallAsync($"replaceTrack {sender.Transceiver.Mid}", () => sender.ReplaceTrackAsync(track));
        }
        catch (RtcException error) when (error.Name == RtcErrorNames.InvalidStateError)
        {
            // The transceiver was stopped before the operation's turn came.
            if (sender.Transceiver.Direction != RtpTransceiverDirection.Stopped)
            {
                throw;
            }
        }
    }

    /// <summary>Makes an offer and takes it back before anybody hears of it.</summary>
    public async void TakeBack()
    {
        if (!_negotiator.AllowsTakingBack || Connection.SignalingState != SignalingState.Stable || _negotiator.IsBusy || !Model.IsIdle)
        {
            return;
        }

        _negotiator.IsTakingBack = true;
        var offering = Model.SetLocalAsync(SdpType.Offer);
        var takingBack = Model.SetLocalAsync(SdpType.Rollback);
        await offering;
        await takingBack;
        _negotiator.IsTakingBack = false;
    }

    public async Task CloseAsync()
    {
        Model.Note("close");
        await _negotiator.DisposeAsync();
        await Connection.DisposeAsync();
    }

    public override string ToString() => string.Join('\n', Connection.GetTransceivers()
        .Select(transceiver =>
            $"  {transceiver.Kind} mid {transceiver.Mid} {transceiver.Direction}/{transceiver.CurrentDirection} "
            + $"track {Peer.NumberOf(transceiver.Sender.Track)} muted {transceiver.Receiver.Track.IsMuted}")
        .Prepend(
            $"{Model.Name} ({_negotiator.GetType().Name}): {Connection.SignalingState} {Connection.ConnectionState} "
            + $"{Connection.IceConnectionState} settled {IsSettled} own {Describe(Channels)} incoming {Describe(Incoming)}"));

    private static string Describe(List<DataChannel> channels) =>
        $"[{string.Join(", ", channels.Select(channel => $"{channel.Label} id {channel.Id} {channel.ReadyState}"))}]";

    private GlareHold HoldOf(RtpTransceiver transceiver)
    {
        if (!_holds.TryGetValue(transceiver, out var hold))
        {
            _holds[transceiver] = hold = new GlareHold(transceiver);
        }

        return hold;
    }

    /// <summary>Hold was requested by the other side, or ended.</summary>
    private void OnHoldNoted(string mid, bool holds)
    {
        if (IsClosed || Live.FirstOrDefault(transceiver => transceiver.Mid == mid) is not { } transceiver)
        {
            return;
        }

        var hold = HoldOf(transceiver);
        hold.IsTheirs = holds;
        Apply(transceiver, hold);
    }

    private void Apply(RtpTransceiver transceiver, GlareHold hold)
    {
        if (hold.IsOver)
        {
            _holds.Remove(transceiver);
        }

        if (transceiver.Direction != RtpTransceiverDirection.Stopped)
        {
            ReplaceTrack(transceiver.Sender, hold.TrackFor(Peer.Music));
            hold.SetDirection();
        }
    }

    private void OnDataChannelAdded(DataChannel channel)
    {
        Incoming.Add(channel);
        channel.MessageReceived += (_, message) =>
        {
            Texts.Add(message.Text);
            if (message.Text != channel.Label)
            {
                throw new Xunit.Sdk.XunitException($"{message.Text} came on the channel {channel.Label}");
            }
        };
    }
}
