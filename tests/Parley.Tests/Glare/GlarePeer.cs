using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>One side of a glare simulation: a connection, its negotiator, its model, and somebody who keeps changing the call.</summary>
internal sealed class GlarePeer
{
    private const int MostTransceivers = 6;
    private const int MostChannels = 3;
    private static readonly RtpTransceiverDirection[] s_directions =
        [RtpTransceiverDirection.SendRecv, RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.RecvOnly, RtpTransceiverDirection.Inactive];

    private readonly Simulator _simulator;
    private readonly INegotiator _negotiator;
    private readonly List<MediaStreamTrack> _tracks = [];
    private readonly MediaStream[] _streams;
    private int _frames;

    public GlarePeer(string name, Simulator simulator, PeerConnection connection, bool polite, GlareChannel channel, bool ofTheLibrary)
    {
        (_simulator, Connection) = (simulator, connection);
        Model = new SignalingModel(name, connection, seesCalls: !ofTheLibrary);
        _negotiator = ofTheLibrary ? new LibraryNegotiator(connection, channel, polite) : new TestNegotiator(connection, Model, channel, polite);
        connection.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) =>
        {
            Texts.Add(message.Text);
            if (message.Text != args.Channel.Label)
            {
                throw new Xunit.Sdk.XunitException($"{message.Text} came on the channel {args.Channel.Label}");
            }
        };
        _streams = [new MediaStream($"{name}-1"), new MediaStream($"{name}-2")];
    }

    public PeerConnection Connection { get; }

    public SignalingModel Model { get; }

    /// <summary>The channels this side opened; each sends its label once it is open.</summary>
    public List<DataChannel> Channels { get; } = [];

    /// <summary>What came on the channels that the other side opened.</summary>
    public List<string> Texts { get; } = [];

    public bool IsSettled => Connection.SignalingState == SignalingState.Stable && Model.IsIdle && !Model.IsNegotiationOutstanding && !_negotiator.IsBusy;

    private RandomSource Random => _simulator.Random;

    /// <summary>Changes the call at random moments.</summary>
    public async Task ActAsync(int actions, TimeSpan longestWait)
    {
        for (var i = 0; i < actions; i++)
        {
            await _simulator.Delay(longestWait * Random.NextDouble());
            Act();
        }
    }

    /// <summary>Feeds each track that was ever made with a frame that names it.</summary>
    public void WriteFrames()
    {
        _frames++;
        for (var i = 0; i < _tracks.Count; i++)
        {
            var track = _tracks[i];
            byte[] data = track.Kind == MediaKind.Audio ? [0xF8, (byte)i, (byte)_frames] : [0x10, (byte)i, (byte)_frames, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, 1, 2, 3, 4];
            track.Write(new MediaFrame
            {
                Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                Data = data,
                Timestamp = _simulator.Now - Instant.Zero,
                IsKeyFrame = true,
            });
        }
    }

    /// <summary>The number by which frames of a track name it.</summary>
    public int NumberOf(MediaStreamTrack track) => _tracks.IndexOf(track);

    private void Act()
    {
        switch (Random.Next(12))
        {
            case 0 when HasRoom:
                Model.Note("addTrack");
                Connection.AddTrack(NewTrack(AnyKind), Random.Next(2) == 0 ? [_streams[Random.Next(2)]] : _streams);
                break;
            case 1 when Any(Connection.GetSenders()) is { } sender:
                Model.Note($"removeTrack {sender.Transceiver.Mid}");
                Connection.RemoveTrack(sender);
                break;
            case 2 when Any(Connection.GetSenders()) is { } sender:
                ReplaceTrack(sender);
                break;
            case 3 or 4 when AnyLive() is { } transceiver:
                transceiver.Direction = s_directions[Random.Next(4)];
                Model.Note($"direction {transceiver.Mid} {transceiver.Direction}");
                break;
            case 5 when Random.Next(2) == 0 && AnyLive() is { } transceiver:
                Model.Note($"stop {transceiver.Mid}");
                transceiver.Stop();
                break;
            case 6 when HasRoom:
                AddTransceiver();
                break;
            case 7:
                Model.Note("restartIce");
                Connection.RestartIce();
                break;
            case 8 when _negotiator.AllowsTakingBack:
                TakeBack();
                break;
            case 9 when Any(Connection.GetSenders()) is { } sender:
                Model.Note($"setStreams {sender.Transceiver.Mid}");
                sender.SetStreams(Random.Next(2) == 0 ? [] : [_streams[Random.Next(2)]]);
                break;
            case 10 when Channels.Count < MostChannels:
                OpenChannel();
                break;
        }
    }

    private bool HasRoom => Connection.GetTransceivers().Count(transceiver => transceiver.Direction != RtpTransceiverDirection.Stopped) < MostTransceivers;

    private MediaKind AnyKind => Random.Next(2) == 0 ? MediaKind.Audio : MediaKind.Video;

    private T? Any<T>(IReadOnlyList<T> items)
        where T : class => items.Count == 0 ? null : items[Random.Next(items.Count)];

    private RtpTransceiver? AnyLive() => Any(Connection.GetTransceivers().Where(transceiver => transceiver.Direction != RtpTransceiverDirection.Stopped).ToArray());

    private MediaStreamTrack NewTrack(MediaKind kind)
    {
        var track = new MediaStreamTrack(kind);
        _tracks.Add(track);
        return track;
    }

    private void AddTransceiver()
    {
        var init = new RtpTransceiverInit { Direction = s_directions[Random.Next(4)], Streams = [_streams[Random.Next(2)]] };
        Model.Note($"addTransceiver {init.Direction}");
        if (Random.Next(2) == 0)
        {
            Connection.AddTransceiver(NewTrack(AnyKind), init);
        }
        else
        {
            Connection.AddTransceiver(AnyKind, init);
        }
    }

    private void OpenChannel()
    {
        var channel = Connection.CreateDataChannel($"{Model.Name}-{Channels.Count}");
        Model.Note($"createDataChannel {channel.Label}");
        channel.Opened += (_, _) => channel.Send(channel.Label);
        Channels.Add(channel);
    }

    private async void ReplaceTrack(RtpSender sender)
    {
        var track = Random.Next(3) == 0 ? null : NewTrack(sender.Transceiver.Kind);
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
    private async void TakeBack()
    {
        if (Connection.SignalingState != SignalingState.Stable || _negotiator.IsBusy || !Model.IsIdle)
        {
            return;
        }

        _negotiator.IsTakingBack = true;
        var offering = Model.CallAsync("SLD(offer)", () => Connection.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Offer)));
        var takingBack = Model.CallAsync("SLD(rollback)", () => Connection.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Rollback)));
        await offering;
        await takingBack;
        _negotiator.IsTakingBack = false;
    }
}
