using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The foreign side of a call: commands in C#, waits over its statistics.</summary>
public sealed class ForeignSide(IPeerLink link) : IMatrixSide
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private ForeignStats? _last;

    /// <summary>The way to it.</summary>
    public IPeerLink Link => link;

    /// <summary>Makes its connection.</summary>
    /// <returns>What it calls itself, with its version.</returns>
    public async Task<string> CreateAsync() => (await link.AskAsync("create")).GetProperty("name").GetString()!;

    public Task AddTrackAsync(string kind) => link.AskAsync("addTrack", new { kind });

    public Task RemoveTrackAsync(string mid) => link.AskAsync("removeTrack", new { mid });

    public Task OpenChannelAsync(string label) => link.AskAsync("openChannel", new { label });

    public async Task<SessionDescription> OfferAsync() => Read(await link.AskAsync("offer"));

    public async Task<SessionDescription> AnswerAsync() => Read(await link.AskAsync("answer"));

    public Task TakeAsync(SessionDescription description) =>
        link.AskAsync("take", new { type = description.Type.ToString().ToLowerInvariant(), sdp = description.Sdp });

    /// <summary>Gives it a candidate.</summary>
    public Task TakeCandidateAsync(JsonElement candidate) => link.AskAsync("candidate", new { candidate });

    public Task SetDirectionAsync(string mid, string direction) => link.AskAsync("direction", new { mid, direction });

    public Task RestartIceAsync() => link.AskAsync("restart");

    public Task SayAsync(string label, string text) => link.AskAsync("say", new { label, text });

    public Task CloseAsync() => link.AskAsync("close");

    public async Task<string> UfragAsync() => (await StatsAsync()).Ufrag ?? "";

    public async Task<string?> CurrentAsync(string mid) => Section(await StatsAsync(), mid)?.Current;

    public async Task<long> ReceivedAsync(string mid) => Section(await StatsAsync(), mid)?.Received ?? 0;

    public async Task<string> SendingAsync(string kind, IReadOnlyCollection<string> except)
    {
        ForeignStats stats = await StatsAsync();
        return stats.Sections.FirstOrDefault(each => each.Kind == kind && each.Sending && !except.Contains(each.Mid))?.Mid
            ?? throw new InvalidOperationException(
                $"No {kind} is sent by the peer but {string.Join(", ", except)}: {JsonSerializer.Serialize(stats)}");
    }

    public Task ExpectConnectedAsync() =>
        ExpectAsync("connected and stable", stats => stats is { Connection: "connected", Signaling: "stable" });

    public Task ExpectTextAsync(string label, string text) => ExpectAsync($"the text {text}", stats => stats.Texts.Contains(text));

    public Task ExpectOpenAsync(string label) => ExpectAsync($"the channel {label} open", stats => stats.Open.Contains(label));

    public Task ExpectClosedAsync() =>
        ExpectAsync("to see the close", stats => stats.Over is not null || stats.Connection is "closed" or "failed" or "disconnected");

    public async Task<string> ExpectSoundAsync(string mid)
    {
        long before = await ReceivedAsync(mid);
        await ExpectAsync(
            $"sound in {mid}", stats => Section(stats, mid) is { } audio && audio.Received >= before + 20 && audio.Loud != false);
        ForeignSection heard = Section(await StatsAsync(), mid)!;
        return heard.Loud is null ? $"receives {heard.Received - before} packets of sound" : "hears the tune";
    }

    public async Task<string> ExpectPicturesAsync(string mid)
    {
        ForeignSection? before = Section(await StatsAsync(), mid);
        await ExpectAsync(
            $"pictures in {mid}",
            stats =>
                Section(stats, mid) is { } video
                    && video.Received >= (before?.Received ?? 0) + 10
                    && (video.Pictures is null || video.Pictures >= (before?.Pictures ?? 0) + 5));
        ForeignSection seen = Section(await StatsAsync(), mid)!;
        return seen.Pictures is null
            ? $"receives {seen.Received - (before?.Received ?? 0)} packets of pictures"
            : $"decodes {seen.Pictures - (before?.Pictures ?? 0)} pictures";
    }

    public override string ToString() => $"{JsonSerializer.Serialize(_last, Web)}\n{link.Log}";

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private static ForeignSection? Section(ForeignStats stats, string mid) => stats.Sections.FirstOrDefault(each => each.Mid == mid);

    private static SessionDescription Read(JsonElement description) =>
        new(
            Enum.Parse<SdpType>(description.GetProperty("type").GetString()!, ignoreCase: true),
            description.GetProperty("sdp").GetString()!);

    private async Task<ForeignStats> StatsAsync() => _last = (await link.AskAsync("stats")).Deserialize<ForeignStats>(Web)!;

    private async Task ExpectAsync(string what, Func<ForeignStats, bool> condition)
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        while (!condition(await StatsAsync()))
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"The peer never came to {what}: {this}");
            }

            await Task.Delay(40);
        }
    }
}
