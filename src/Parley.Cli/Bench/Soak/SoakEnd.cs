using System.Collections.Concurrent;
using Parley.Media;
using Parley.Net;
using Parley.Signaling;

namespace Parley.Cli.Bench.Soak;

/// <summary>One end of a call: its connection, its channels, what it sends and what it hears.</summary>
internal sealed class SoakEnd : IAsyncDisposable
{
    private static readonly TimeSpan AudioInterval = TimeSpan.FromMilliseconds(20);
    private readonly PerfectNegotiation _negotiation;
    private readonly MemorySignalingChannel _signaling;
    private readonly string _name;
    private readonly SoakFindings _findings;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ArrivalLedger>> _passing = new();

    public SoakEnd(string name, SoakPlan plan, Platform platform, MemorySignalingChannel signaling, bool polite, SoakFindings findings)
    {
        _name = name;
        _signaling = signaling;
        _findings = findings;
        Audio = new SoakMedia(MediaKind.Audio, AudioInterval, 80);
        Video = new SoakMedia(MediaKind.Video, plan.VideoInterval, plan.VideoFrame);
        Connection = new PeerConnection(platform: platform);
        Connection.TrackAdded += OnTrack;
        Connection.DataChannelAdded += OnChannel;
        Connection.ConnectionStateChanged += (_, _) =>
        {
            if (Connection.ConnectionState == PeerConnectionState.Failed)
            {
                findings.Add($"{name}: the connection failed");
            }
        };
        _negotiation = new PerfectNegotiation(Connection, signaling, polite);
        _negotiation.Failed += (_, e) => findings.Add($"{name}: negotiation failed: {e.Exception.Message}");
    }

    public PeerConnection Connection { get; }

    public SoakMedia Audio { get; }

    public SoakMedia Video { get; }

    public MediaLedger HeardAudio { get; } = new();

    public MediaLedger SeenVideo { get; } = new();

    /// <summary>Offers that crossed.</summary>
    public int Collisions => _negotiation.Collisions;

    /// <summary>Adds the tracks that last as long as the call.</summary>
    public void AddTracks()
    {
        var stream = new MediaStream();
        Connection.AddTrack(Audio.Track, stream);
        Connection.AddTrack(Video.Track, stream);
    }

    /// <summary>A channel that both ends open by themselves under one id.</summary>
    public DataChannel Open(string label, ushort id, DataChannelInit init) =>
        Connection.CreateDataChannel(label, init with { Negotiated = true, Id = id });

    /// <summary>Expects a channel of the peer's: done, with what came, when it has closed.</summary>
    public Task<ArrivalLedger> Expect(string label) =>
        _passing.GetOrAdd(
            label, static _ => new TaskCompletionSource<ArrivalLedger>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Stops expecting it.</summary>
    public void Forget(string label) => _passing.TryRemove(label, out _);

    public async ValueTask DisposeAsync()
    {
        await _negotiation.DisposeAsync();
        _signaling.Close();
        await Connection.DisposeAsync();
    }

    // The call's own tracks come first; those that events add later carry nothing.
    private void OnTrack(object? sender, TrackEventArgs e)
    {
        int index = Connection.GetTransceivers().Where(each => each.Kind == e.Track.Kind).ToList().IndexOf(e.Transceiver);
        if (index == 0)
        {
            e.Track.Attach(e.Track.Kind == MediaKind.Audio ? HeardAudio : SeenVideo);
        }
    }

    private void OnChannel(object? sender, DataChannelEventArgs e)
    {
        if (_passing.TryGetValue(e.Channel.Label, out TaskCompletionSource<ArrivalLedger>? expected))
        {
            _ = ReadAsync(e.Channel, expected);
        }
        else
        {
            _findings.Add($"{_name}: a channel {e.Channel.Label} that nobody opened");
        }
    }

    private static async Task ReadAsync(DataChannel channel, TaskCompletionSource<ArrivalLedger> expected)
    {
        var ledger = new ArrivalLedger(channel.Ordered, isReliable: true);
        await foreach (DataChannelMessage message in channel.ReadAllAsync())
        {
            ledger.Take(message.Data.Span);
        }

        expected.TrySetResult(ledger);
    }
}
