using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Parley.Interop.Peers;
using Parley.Media;
using Parley.Net;

namespace Parley.Interop.Conversations;

/// <summary>A bare PeerConnection, on loopback unless told otherwise.</summary>
public sealed class ParleySide : ISide, IAsyncDisposable
{
    private static readonly Platform Loopback = Platform.Default with
    {
        Network =
            new UdpNetwork(new UdpNetworkOptions { Include = address => IPAddress.IsLoopback(address.Address), MulticastDns = false }),
    };

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _giving = new(1);
    private readonly List<IceCandidateInit?> _candidates = [];
    private readonly List<IDisposable> _sources = [];
    private readonly ConcurrentDictionary<MediaStreamTrack, (MediaTally Tally, Ear Ear)> _received = new();

    public ParleySide(PeerConnectionConfiguration? configuration = null, bool allAtOnce = false, Platform? platform = null)
    {
        AllAtOnce = allAtOnce;
        Connection = new PeerConnection(configuration, platform ?? Loopback);
        Connection.TrackAdded += (_, e) =>
        {
            string? mid = e.Transceiver.Mid; // null once it is stopped
            Events.Enqueue($"track {e.Track.Kind} {mid} [{string.Join(',', e.Streams.Select(stream => stream.Id))}]");
            if (_received.TryAdd(e.Track, (new MediaTally(), new Ear())))
            {
                (MediaTally tally, Ear ear) = _received[e.Track];
                e.Track.Attach(tally);
                e.Track.Muted += (_, _) => Events.Enqueue($"mute {mid}");
                e.Track.Unmuted += (_, _) => Events.Enqueue($"unmute {mid}");
                e.Track.Ended += (_, _) => Events.Enqueue($"ended {mid}");
                if (e.Track.Kind == MediaKind.Audio)
                {
                    e.Track.Attach(ear);
                }
            }
        };
        Connection.SignalingStateChanged += (_, _) => Events.Enqueue($"signaling {Connection.SignalingState}");
        Connection.ConnectionStateChanged += (_, _) => Events.Enqueue($"connection {Connection.ConnectionState}");
        Connection.NegotiationNeeded += (_, _) => Events.Enqueue("negotiationneeded");
        Connection.DataChannelAdded += (_, e) => Adopt(e.Channel);
    }

    public PeerConnection Connection { get; }

    /// <summary>Whether its candidates are in its descriptions.</summary>
    public bool AllAtOnce { get; }

    /// <summary>What happened, in order.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>The channels by label, whoever opened them, with the messages that came.</summary>
    public ConcurrentDictionary<string, (DataChannel Channel, ConcurrentQueue<DataChannelMessage> Messages)> Channels { get; } = new();

    public async Task<SessionDescription> OfferAsync()
    {
        await Connection.SetLocalDescriptionAsync().WaitAsync(Until.Limit);
        return await DescribeAsync();
    }

    public Task<SessionDescription> AnswerAsync() => OfferAsync();

    public async Task TakeAsync(SessionDescription description)
    {
        await Connection.SetRemoteDescriptionAsync(description).WaitAsync(Until.Limit);
        await GiveCandidatesAsync();
    }

    /// <summary>Takes a candidate of the peer, which waits for the description it belongs to.</summary>
    public async Task TakeCandidateAsync(JsonElement candidate)
    {
        lock (_gate)
        {
            _candidates.Add(candidate.ValueKind == JsonValueKind.Null ? null : new IceCandidateInit(
                candidate.GetProperty("candidate").GetString()!,
                candidate.GetProperty("sdpMid").GetString(),
                candidate.GetProperty("sdpMLineIndex").GetUInt16(),
                candidate.GetProperty("usernameFragment").GetString()));
        }

        await GiveCandidatesAsync();
    }

    public Task RollbackLocalAsync() =>
        Connection.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback)).WaitAsync(Until.Limit);

    public Task RollbackRemoteAsync() =>
        Connection.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback)).WaitAsync(Until.Limit);

    public Task AddTrackAsync(string kind)
    {
        Connection.AddTrack(Track(kind == "audio" ? SampleMedia.Tune() : SampleMedia.TestCard()), new MediaStream());
        return Task.CompletedTask;
    }

    /// <summary>A track of a source, which ends with this side.</summary>
    public MediaStreamTrack Track(PacedSource source)
    {
        _sources.Add(source);
        return new MediaStreamTrack(source.Kind, source);
    }

    public Task RemoveTracksAsync(string except)
    {
        foreach (RtpTransceiver transceiver in Connection.GetTransceivers().Where(each => each.Mid != except))
        {
            Connection.RemoveTrack(transceiver.Sender);
        }

        return Task.CompletedTask;
    }

    /// <summary>The transceiver of a section.</summary>
    public RtpTransceiver At(string mid) => Connection.GetTransceivers().Single(each => each.Mid == mid);

    public Task SetDirectionAsync(string mid, string direction)
    {
        At(mid).Direction = Enum.Parse<RtpTransceiverDirection>(direction, ignoreCase: true);
        return Task.CompletedTask;
    }

    public Task StopAsync(string mid)
    {
        At(mid).Stop();
        return Task.CompletedTask;
    }

    public Task RestartIceAsync()
    {
        Connection.RestartIce();
        return Task.CompletedTask;
    }

    public Task<string> TransceiversAsync() => Task.FromResult(
        $"{W3C(Connection.SignalingState)}; " + string.Join(", ", Connection.GetTransceivers()
            .Where(t => t.CurrentDirection != RtpTransceiverDirection.Stopped)
            .Select(t => $"{t.Mid} {W3C(t.Kind)} {W3C(t.Direction)}/{(t.CurrentDirection is { } current ? W3C(current) : "null")}")));

    public async Task<long> PacketsSentAsync(string? mid = null) =>
        (await Connection.GetStatsAsync().WaitAsync(Until.Limit)).OfType<OutboundRtpStreamStats>().Where(s => mid is null || s.Mid == mid)
            .Sum(s => s.PacketsSent);

    /// <summary>Packets received so far, of one section or of all.</summary>
    public async Task<long> PacketsReceivedAsync(string? mid = null) =>
        (await Connection.GetStatsAsync().WaitAsync(Until.Limit)).OfType<InboundRtpStreamStats>().Where(s => mid is null || s.Mid == mid)
            .Sum(s => s.PacketsReceived);

    /// <summary>Packets lost so far.</summary>
    public async Task<long> PacketsLostAsync() =>
        (await Connection.GetStatsAsync().WaitAsync(Until.Limit)).OfType<InboundRtpStreamStats>().Sum(s => s.PacketsLost);

    public async Task ExpectPacketsAsync(string mid, int packets = 5)
    {
        long goal = await PacketsReceivedAsync(mid) + packets;
        await UntilAsync(async () => await PacketsReceivedAsync(mid) >= goal, $"{packets} packets of {mid}");
    }

    /// <summary>What was counted of what a section receives now.</summary>
    public MediaTally Tally(string mid) => _received[At(mid).Receiver.Track].Tally;

    /// <summary>Waits until a section hears a tone.</summary>
    public Task ExpectToneAsync(string mid, int frequency)
    {
        Ear ear = _received[At(mid).Receiver.Track].Ear;
        return WaitAsync(() => Math.Abs(ear.Frequency - frequency) < 25, $"{frequency} Hz in {mid}, but {ear.Frequency}");
    }

    public Task ExpectConnectedAsync() =>
        WaitAsync(
            () => Connection is { ConnectionState: PeerConnectionState.Connected, SignalingState: SignalingState.Stable },
            "connected and stable");

    public Task<string> UfragAsync() => Task.FromResult(
        Connection.CurrentLocalDescription!.Sdp.Split("\r\n")
            .First(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))[12..]);

    public Task CloseAsync()
    {
        Connection.Close();
        return Task.CompletedTask;
    }

    /// <summary>Waits for a condition; the failure says how this side stands.</summary>
    public Task WaitAsync(Func<bool> condition, string what) => Until.TrueAsync(condition, () => $"{what}\n{this}");

    /// <summary>Waits for a condition that is asked asynchronously.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => UntilAsync(condition, () => what);

    /// <summary>The same, with words for how it stood in the end.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Never: {what()}\n{this}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Keeps a channel's messages and events.</summary>
    public DataChannel Adopt(DataChannel channel)
    {
        var messages = new ConcurrentQueue<DataChannelMessage>();
        Channels[channel.Label] = (channel, messages);
        channel.MessageReceived += (_, e) => messages.Enqueue(e.Message with { Data = e.Data.ToArray() });
        channel.Opened += (_, _) => Events.Enqueue($"open {channel.Label}");
        channel.Closing += (_, _) => Events.Enqueue($"closing {channel.Label}");
        channel.Closed += (_, _) => Events.Enqueue($"close {channel.Label}");
        return channel;
    }

    public override string ToString() =>
        $"""
        {TransceiversAsync().Result}; {Connection.ConnectionState}
        {string.Join(", ", Events)}
        {string.Join("; ", _received.Select(pair => $"{pair.Key.Kind} {pair.Value.Tally} {pair.Value.Ear.Frequency:0} Hz"))}
        """;

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _sources.ForEach(source => source.Dispose());
        foreach ((_, Ear ear) in _received.Values)
        {
            ear.Dispose();
        }
    }

    private async Task<SessionDescription> DescribeAsync()
    {
        if (AllAtOnce)
        {
            await WaitAsync(() => Connection.IceGatheringState == IceGatheringState.Complete, "gathering complete");
        }

        return Connection.LocalDescription!;
    }

    private async Task GiveCandidatesAsync()
    {
        await _giving.WaitAsync();
        try
        {
            string remote = Connection.RemoteDescription?.Sdp ?? "";
            IceCandidateInit?[] due;
            lock (_gate)
            {
                due =
                [
                    .. _candidates.Where(each => each?.UsernameFragment is { } fragment
                        ? remote.Contains($"a=ice-ufrag:{fragment}\r\n", StringComparison.Ordinal)
                        : remote.Length > 0),
                ];
                _candidates.RemoveAll(due.Contains);
            }

            foreach (IceCandidateInit? candidate in due)
            {
                await Connection.AddIceCandidateAsync(candidate).WaitAsync(Until.Limit);
            }
        }
        finally
        {
            _giving.Release();
        }
    }

    private static string W3C<T>(T value)
        where T : struct, Enum => value is SignalingState
        ? string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"))
        : value.ToString().ToLowerInvariant();
}
