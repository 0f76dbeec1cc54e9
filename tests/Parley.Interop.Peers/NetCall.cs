using System.Collections.Concurrent;
using Parley.Media;
using Parley.Signaling;

namespace Parley.Interop.Peers;

/// <summary>A .NET program's side of one call: sends the test card and a tune, counts what comes, echoes text.</summary>
public sealed class NetCall : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _history = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<IDisposable> _sources = [];
    private MediaStreamTrack? _audio;
    private MediaStreamTrack? _holdMusic;

    internal NetCall(RemotePeer peer, PeerConnection connection)
    {
        Peer = peer;
        Connection = connection;
        Signaling = new GatedChannel(peer.Channel);
        Negotiation = new PerfectNegotiation(connection, Signaling, peer.IsPolite);
        Negotiation.Failed += (_, e) => _failures.Enqueue(e.Exception.ToString());
        connection.TrackAdded += (_, e) => e.Track.Attach(e.Track.Kind == MediaKind.Audio ? Audio : Video);
        connection.SignalingStateChanged += (_, _) => _history.Enqueue($"signaling {connection.SignalingState}");
        connection.IceConnectionStateChanged += (_, _) => _history.Enqueue($"ice {connection.IceConnectionState}");
        connection.ConnectionStateChanged += (_, _) => _history.Enqueue($"connection {connection.ConnectionState}");
        connection.IceCandidateGathered += (_, e) =>
        {
            if (e.Candidate is { Candidate: not "" } candidate)
            {
                Candidates.Enqueue(candidate);
            }
        };
        connection.IceCandidateError += (_, e) => CandidateErrors.Enqueue(e);
        connection.DataChannelAdded += (_, e) => Adopt(e.Channel);
    }

    public RemotePeer Peer { get; }

    public PeerConnection Connection { get; }

    public GatedChannel Signaling { get; }

    public PerfectNegotiation Negotiation { get; }

    /// <summary>The sound that came.</summary>
    public MediaTally Audio { get; } = new();

    /// <summary>The pictures that came.</summary>
    public MediaTally Video { get; } = new();

    /// <summary>The texts that came.</summary>
    public ConcurrentQueue<string> Texts { get; } = new();

    /// <summary>The channels, whoever opened them.</summary>
    public ConcurrentQueue<DataChannel> Channels { get; } = new();

    /// <summary>The candidates that were gathered.</summary>
    public ConcurrentQueue<IceCandidate> Candidates { get; } = new();

    /// <summary>The servers that could not be used.</summary>
    public ConcurrentQueue<IceCandidateErrorEventArgs> CandidateErrors { get; } = new();

    /// <summary>What went wrong in the negotiation; a test expects nothing.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>What the other side says, for a failure.</summary>
    public Func<string>? OtherSide { get; set; }

    /// <summary>Done when the peer has left the room.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Adds the test card and the tune and a channel; negotiation follows by itself.</summary>
    public void Call()
    {
        var stream = new MediaStream();
        _audio = Track(SampleMedia.Tune());
        var video = Track(SampleMedia.TestCard());

        // In one offer: aiortc cannot answer one with fewer sections than it has transceivers.
        Connection.Batch(() =>
        {
            Connection.AddTrack(_audio, stream);
            Connection.AddTrack(video, stream);
            if (Channels.IsEmpty)
            {
                Adopt(Connection.CreateDataChannel("chat"));
            }
        });
    }

    /// <summary>Adds its media while the peer's first offer is being taken, so that the answer has them.</summary>
    public void CallWhenOffered()
    {
        Connection.SignalingStateChanged += (_, _) =>
        {
            if (Connection.SignalingState == SignalingState.HaveRemoteOffer && _audio is null)
            {
                Call();
            }
        };
    }

    /// <summary>The first live transceiver of a kind.</summary>
    public RtpTransceiver Transceiver(MediaKind kind) =>
        Connection.GetTransceivers().First(t => t.Kind == kind && t.CurrentDirection != RtpTransceiverDirection.Stopped);

    /// <summary>Puts the peer on hold, with music.</summary>
    public async Task HoldAsync()
    {
        await Transceiver(MediaKind.Audio).Sender.ReplaceTrackAsync(_holdMusic ??= Track(SampleMedia.HoldMusic())).WaitAsync(Until.Limit);
        SetDirections(RtpTransceiverDirection.SendOnly);
    }

    /// <summary>Takes the peer off hold.</summary>
    public async Task ResumeAsync()
    {
        await Transceiver(MediaKind.Audio).Sender.ReplaceTrackAsync(_audio).WaitAsync(Until.Limit);
        SetDirections(RtpTransceiverDirection.SendRecv);
    }

    /// <summary>Waits until connected and stable.</summary>
    public Task ExpectConnectedAsync() =>
        WaitAsync(
            () => Connection is { ConnectionState: PeerConnectionState.Connected, SignalingState: SignalingState.Stable },
            "connected and stable");

    /// <summary>Waits until both kinds of media are negotiated so.</summary>
    public Task ExpectDirectionAsync(RtpTransceiverDirection direction) => WaitAsync(
        () => Connection.SignalingState == SignalingState.Stable
            && Transceiver(MediaKind.Audio).CurrentDirection == direction
            && Transceiver(MediaKind.Video).CurrentDirection == direction,
        $"both {direction}");

    /// <summary>Waits for a condition; the failure says how the call stands.</summary>
    public Task WaitAsync(Func<bool> condition, string what) => Until.TrueAsync(condition, () => $"{what}\n{this}");

    /// <summary>Packets sent of a kind so far.</summary>
    public async Task<long> PacketsSentAsync(MediaKind kind) =>
        (await Connection.GetStatsAsync()).OfType<OutboundRtpStreamStats>().Where(s => s.Kind == Name(kind)).Sum(s => s.PacketsSent);

    /// <summary>Packets received of a kind so far, and those lost.</summary>
    public async Task<(long Received, long Lost)> PacketsReceivedAsync(MediaKind kind)
    {
        var streams = (await Connection.GetStatsAsync()).OfType<InboundRtpStreamStats>().Where(s => s.Kind == Name(kind)).ToArray();
        return (streams.Sum(s => s.PacketsReceived), streams.Sum(s => s.PacketsLost));
    }

    public override string ToString() =>
        $"""
        {string.Join(", ", _history)}
        {string.Join(", ", Connection.GetTransceivers().Select(t => $"{t.Mid} {t.Kind} {t.Direction}/{t.CurrentDirection}"))}
        audio: {Audio}; video: {Video}; crossed: {Negotiation.Collisions}; texts: {string.Join('|', Texts)}
        {string.Join('\n', _failures)}
        {OtherSide?.Invoke()}
        """;

    public async ValueTask DisposeAsync()
    {
        await Negotiation.DisposeAsync();
        await Connection.DisposeAsync();
        _sources.ForEach(source => source.Dispose());
    }

    private static string Name(MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    private MediaStreamTrack Track(PacedSource source)
    {
        _sources.Add(source);
        return new MediaStreamTrack(source.Kind, source);
    }

    private void SetDirections(RtpTransceiverDirection direction)
    {
        Transceiver(MediaKind.Audio).Direction = direction;
        Transceiver(MediaKind.Video).Direction = direction;
    }

    private void Adopt(DataChannel channel)
    {
        Channels.Enqueue(channel);
        channel.MessageReceived += (_, e) =>
        {
            Texts.Enqueue(e.Text);
            if (e.IsBinary)
            {
                channel.Send(e.Data.Span);
            }
            else
            {
                channel.Send($"echo: {e.Text}");
            }
        };
    }
}
