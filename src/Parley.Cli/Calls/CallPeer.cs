using Parley.Media;
using Parley.Signaling;

namespace Parley.Cli.Calls;

/// <summary>This program's part of one connection of a mesh: what it sends, hears, says and keeps.</summary>
internal sealed class CallPeer : IAsyncDisposable
{
    private const int MaxTexts = 1000;
    private static readonly TimeSpan StatsTime = TimeSpan.FromSeconds(1);

    private readonly CallOptions _options;
    private readonly CallClock _clock;
    private readonly Action<string> _tell;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<DataChannel> _channels = [];
    private readonly Queue<string> _unsent;
    private readonly List<MessageEntry> _texts = [];
    private readonly List<DirectionEntry> _directions = [];
    private readonly Dictionary<RtpTransceiver, RtpTransceiverDirection> _lastDirections = [];
    private readonly List<string> _errors = [];
    private readonly CallRecording? _recording;
    private int _sent;
    private int _received;

    public CallPeer(RemotePeer peer, CallSettings settings, CallOptions options, Action<string> tell)
    {
        _options = options;
        _clock = settings.Clock;
        _tell = tell;
        _unsent = new Queue<string>(options.Say);
        Leg = new CallLeg(peer, settings, AddMedia);
        Leg.Connection.ConnectionStateChanged += (_, _) => OnConnectionStateChanged();
        Leg.Connection.SignalingStateChanged += (_, _) => _ = NoteDirectionsAsync();
        Leg.Connection.DataChannelAdded += (_, e) => Follow(e.Channel);
        Leg.Negotiation.Failed += (_, e) => Fail(e.Exception.Message);
        if (options.RecordDirectory is { } directory)
        {
            _recording = new CallRecording(Leg.Connection, Path.Combine(directory, CallRecording.FileNameOf(peer.Name, peer.Id)));
        }
    }

    public CallLeg Leg { get; }

    /// <summary>What is known of the call when it was over; null while it lasts.</summary>
    public PeerReport? Final { get; private set; }

    /// <summary>Sends a text, as soon as there is a channel.</summary>
    public void Say(string text)
    {
        _unsent.Enqueue(text);
        SendWaiting();
    }

    /// <summary>What there is to tell now.</summary>
    public async Task<PeerReport> ReportAsync()
    {
        StatsReport? stats = await StatsAsync();
        CallPath? path = stats is null ? null : CallPath.Of(stats);
        IReadOnlyList<TrackReport> tracks = stats is null ? [] : TrackReport.AllOf(stats);
        return new PeerReport
        {
            Id = Leg.Peer.Id,
            Name = Leg.Peer.Name,
            Polite = Leg.Peer.IsPolite,
            Collisions = Leg.Negotiation.Collisions,
            States = new StatesReport(
                [.. Leg.History.Signaling], [.. Leg.History.Ice], [.. Leg.History.Gathering], [.. Leg.History.Connection]),
            Path = path,
            RoundTripTime = path?.RoundTripTime ?? tracks.FirstOrDefault(each => each.RoundTripTime is not null)?.RoundTripTime,
            Tracks = tracks,
            Transceivers = [.. Leg.Connection.GetTransceivers().Select(each =>
                new TransceiverReport(each.Mid, Name(each.Kind), each.Direction.ToW3CName(), each.CurrentDirection?.ToW3CName()))],
            Directions = [.. _directions],
            Messages = new MessagesReport(_sent, _received, [.. _texts]),
            Recordings = _recording?.Files ?? [],
            Errors = [.. _errors, .. _recording?.Errors ?? []],
        };
    }

    /// <summary>Hangs up and finishes the files. <see cref="Final"/> is there afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        PeerReport report = await ReportAsync();
        await Leg.DisposeAsync();
        await (_recording?.DisposeAsync() ?? ValueTask.CompletedTask);
        Final = report with
        {
            Recordings = _recording?.Files ?? [],
            RecordingErrors = [.. _recording?.Errors ?? []],
            Errors = [.. _errors, .. _recording?.Errors ?? []],
        };
    }

    private static string Name(MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    // Without anything to send of a kind it is asked for all the same.
    private void AddMedia(CallLeg leg)
    {
        var stream = new MediaStream();
        Add(MediaKind.Audio, _options.Audio, stream);
        Add(MediaKind.Video, _options.Video, stream);
        Follow(leg.Connection.CreateDataChannel("chat"));
    }

    private void Add(MediaKind kind, MediaInput? input, MediaStream stream)
    {
        if (input is not null)
        {
            Leg.Connection.AddTrack(input.Track, stream);
        }
        else if (Leg.Connection.GetTransceivers().All(each => each.Kind != kind))
        {
            Leg.Connection.AddTransceiver(kind, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
        }
    }

    private void Follow(DataChannel channel)
    {
        _channels.Add(channel);
        channel.Opened += (_, _) => SendWaiting();
        channel.Closed += (_, _) => _channels.Remove(channel);
        channel.MessageReceived += (_, e) =>
        {
            _received++;
            if (!e.IsBinary)
            {
                Note("received", channel, e.Text);
                _tell($"{Leg.PeerName}: {e.Text}");
            }
        };
    }

    private void SendWaiting()
    {
        if (_channels.FirstOrDefault(each => each.ReadyState == DataChannelState.Open) is not { } channel)
        {
            return;
        }

        while (_unsent.TryDequeue(out string? text))
        {
            try
            {
                channel.Send(text);
                _sent++;
                Note("sent", channel, text);
            }
            catch (Exception exception) when (exception is RtcException or ArgumentException)
            {
                Fail(exception.Message);
            }
        }
    }

    private void Note(string direction, DataChannel channel, string text)
    {
        if (_texts.Count < MaxTexts)
        {
            _texts.Add(new MessageEntry(_clock.Seconds, direction, channel.Label, text));
        }
    }

    private void OnConnectionStateChanged()
    {
        switch (Leg.Connection.ConnectionState)
        {
            case PeerConnectionState.Connected:
                _ = TellPathAsync();
                break;
            case PeerConnectionState.Failed or PeerConnectionState.Disconnected:
                _tell($"{Leg.PeerName} {Leg.Connection.ConnectionState.ToW3CName()}");
                break;
        }
    }

    private async Task TellPathAsync() =>
        _tell($"{Leg.PeerName} connected: {(await StatsAsync() is { } stats ? CallPath.Of(stats) : null)}");

    private async Task NoteDirectionsAsync()
    {
        if (Leg.Connection.SignalingState != SignalingState.Stable)
        {
            return;
        }

        (RtpTransceiver, RtpTransceiverDirection)[] changed =
        [
            .. from each in Leg.Connection.GetTransceivers()
               let direction = each.CurrentDirection
               where direction is not null && !(_lastDirections.TryGetValue(each, out RtpTransceiverDirection last) && last == direction)
               select (each, direction.Value),
        ];
        double at = _clock.Seconds;
        foreach ((RtpTransceiver transceiver, RtpTransceiverDirection direction) in changed)
        {
            _lastDirections[transceiver] = direction;
            _tell($"{Leg.PeerName}: {Name(transceiver.Kind)} is {direction.ToW3CName()}");
        }

        IReadOnlyList<TrackReport> tracks = changed.Length > 0 && await StatsAsync() is { } stats ? TrackReport.AllOf(stats) : [];
        foreach ((RtpTransceiver transceiver, RtpTransceiverDirection direction) in changed)
        {
            long Packets(string way) =>
                tracks.Where(each => each.Direction == way && each.Mid == transceiver.Mid).Sum(each => each.Packets);
            _directions.Add(
                new DirectionEntry(
                    at, transceiver.Mid, Name(transceiver.Kind), direction.ToW3CName(), Packets("outbound"), Packets("inbound")));
        }
    }

    private void Fail(string message)
    {
        _errors.Add(message);
        _tell($"{Leg.PeerName}: {message}");
    }

    private async Task<StatsReport?> StatsAsync()
    {
        try
        {
            return await Leg.Connection.GetStatsAsync().WaitAsync(StatsTime);
        }
        catch (Exception exception) when (exception is TimeoutException or RtcException)
        {
            return null;
        }
    }
}
