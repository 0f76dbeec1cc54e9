using System.Text.Json;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;
using Parley.Net;

namespace Parley.Interop.Matrix;

/// <summary>Parley's side of a call.</summary>
public sealed class NetSide : IMatrixSide
{
    // libnice tells the kernel to send by the interface of its own address, from which no packet reaches 127.0.0.1.
    private static readonly Platform EveryAddress = Platform.Default with
    {
        Network = new UdpNetwork(new UdpNetworkOptions { Include = _ => true, MulticastDns = false }),
    };

    private readonly ParleySide _side = new(platform: EveryAddress);

    /// <summary>Its connection.</summary>
    public PeerConnection Connection => _side.Connection;

    public Task AddTrackAsync(string kind) => _side.AddTrackAsync(kind);

    public Task RemoveTrackAsync(string mid)
    {
        Connection.RemoveTrack(_side.At(mid).Sender);
        return Task.CompletedTask;
    }

    public Task OpenChannelAsync(string label)
    {
        _side.Adopt(Connection.CreateDataChannel(label));
        return Task.CompletedTask;
    }

    public Task<SessionDescription> OfferAsync() => _side.OfferAsync();

    public Task<SessionDescription> AnswerAsync() => _side.AnswerAsync();

    public Task TakeAsync(SessionDescription description) => _side.TakeAsync(description);

    /// <summary>Takes a candidate of the peer.</summary>
    public Task TakeCandidateAsync(JsonElement candidate)
    {
        string? Text(string name) => candidate.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        ushort? index = candidate.TryGetProperty("sdpMLineIndex", out JsonElement number) && number.ValueKind == JsonValueKind.Number
            ? number.GetUInt16()
            : null;
        return Connection.AddIceCandidateAsync(new IceCandidateInit(Text("candidate")!, Text("sdpMid"), index, Text("usernameFragment")))
            .WaitAsync(Until.Limit);
    }

    public Task SetDirectionAsync(string mid, string direction) => _side.SetDirectionAsync(mid, direction);

    public Task RestartIceAsync() => _side.RestartIceAsync();

    public Task SayAsync(string label, string text)
    {
        _side.Channels[label].Channel.Send(text);
        return Task.CompletedTask;
    }

    public Task CloseAsync() => _side.CloseAsync();

    public Task<string> UfragAsync() => _side.UfragAsync();

    public Task<string?> CurrentAsync(string mid) => Task.FromResult(
        Connection.GetTransceivers().FirstOrDefault(each => each.Mid == mid)?.CurrentDirection?.ToString().ToLowerInvariant());

    public Task<long> ReceivedAsync(string mid) => _side.PacketsReceivedAsync(mid);

    public Task<string> SendingAsync(string kind, IReadOnlyCollection<string> except) =>
        Task.FromResult(Connection.GetTransceivers().First(each =>
            each.Kind == (kind == "audio" ? MediaKind.Audio : MediaKind.Video)
                && each.Sender.Track is not null
                && each.Mid is { } mid
                && !except.Contains(mid)).Mid!);

    public Task ExpectConnectedAsync() => _side.ExpectConnectedAsync();

    public Task ExpectOpenAsync(string label) => _side.WaitAsync(
        () => _side.Channels.TryGetValue(label, out var each) && each.Channel.ReadyState == DataChannelState.Open,
        $"the channel {label} open");

    public Task ExpectTextAsync(string label, string text) => _side.WaitAsync(
        () => _side.Channels.TryGetValue(label, out var each) && each.Messages.Any(message =>
            !message.IsBinary && System.Text.Encoding.UTF8.GetString(message.Data.Span).EndsWith(text, StringComparison.Ordinal)),
        $"the text {text}");

    public async Task<string> ExpectSoundAsync(string mid)
    {
        MediaTally tally = _side.Tally(mid);
        int before = tally.Frames;
        await tally.ExpectMoreAsync(20);
        return $"receives {tally.Frames - before} packets of sound";
    }

    public async Task<string> ExpectPicturesAsync(string mid)
    {
        MediaTally tally = _side.Tally(mid);
        int before = tally.Frames;
        await tally.ExpectMoreAsync(5);
        await _side.WaitAsync(() => tally.KeyFrames > 0 && tally.Size.Width > 0, "a key frame");
        return $"receives {tally.Frames - before} pictures of {tally.Size.Width}x{tally.Size.Height}";
    }

    public Task ExpectClosedAsync() => _side.WaitAsync(
        () => Connection.GetTransceivers().Any(each =>
            each.Receiver.Transport?.State is DtlsTransportState.Closed or DtlsTransportState.Failed)
            || Connection.ConnectionState is PeerConnectionState.Failed or PeerConnectionState.Disconnected,
        "to see the close");

    public override string ToString()
    {
        var stats = Connection.GetStatsAsync().GetAwaiter().GetResult();
        IEnumerable<string> pairs = stats.Values.OfType<IceCandidatePairStats>().Select(each =>
            $"pair {each.State}, {each.RequestsSent}+{each.ConsentRequestsSent}/{each.ResponsesReceived} requests out, "
            + $"{each.RequestsReceived}/{each.ResponsesSent} in");
        IEnumerable<string> received = stats.Values.OfType<InboundRtpStreamStats>().Select(each =>
            $"section {each.Mid}: {each.PacketsReceived} packets received");
        return $"{_side}\n{string.Join('\n', pairs.Concat(received))}";
    }

    public ValueTask DisposeAsync() => _side.DisposeAsync();
}
