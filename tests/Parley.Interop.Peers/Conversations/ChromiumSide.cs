using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using Parley.Interop.Peers;

namespace Parley.Interop.Conversations;

/// <summary>A bare RTCPeerConnection in Chromium, by browser_peer.js.</summary>
public sealed class ChromiumSide : ISide, IAsyncDisposable
{
    private readonly IPage _page;

    private ChromiumSide(IPage page) => _page = page;

    /// <summary>What it signals of itself: candidates, and descriptions when it negotiates by itself.</summary>
    public event Action<JsonElement>? Told;

    /// <summary>Whether its candidates are in its descriptions.</summary>
    public bool AllAtOnce { get; init; }

    /// <summary>Opens a page of its own.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="configuration">The RTCConfiguration, as JavaScript.</param>
    /// <param name="allAtOnce">Whether its candidates are in its descriptions.</param>
    public static async Task<ChromiumSide> OpenAsync(Browser browser, string configuration = "{}", bool allAtOnce = false)
    {
        var side = new ChromiumSide(await browser.OpenBlankAsync()) { AllAtOnce = allAtOnce };
        await side._page.ExposeFunctionAsync<string, int>("toNet", side.Hear);
        await side._page.AddScriptTagAsync(
            new PageAddScriptTagOptions
            {
                Path = Path.Combine(Repository.Root, "tests", "Parley.Interop.Peers", "Conversations", "browser_peer.js"),
            });
        await side.DoAsync($"begin({configuration})");
        return side;
    }

    /// <summary>Runs statements, which may await.</summary>
    public Task DoAsync(string script)
    {
        // The page, not the driver, is to say what never came.
        TimeSpan limit = Until.Limit;
        return _page.EvaluateAsync($"async () => {{ patience = {(int)limit.TotalMilliseconds}; {script} }}")
            .WaitAsync(limit + TimeSpan.FromSeconds(10));
    }

    /// <summary>Reads an expression, which may await.</summary>
    public Task<T> ReadAsync<T>(string expression) => _page.EvaluateAsync<T>($"async () => ({expression})").WaitAsync(Until.Limit);

    /// <summary>Waits for an expression, which may await, to be true.</summary>
    public Task WaitAsync(string condition) => DoAsync($"await until(async () => ({condition}), {JsonSerializer.Serialize(condition)})");

    /// <summary>Gives it a message of the peer.</summary>
    public Task GiveAsync(object message) => DoAsync($"await take({JsonSerializer.Serialize(message)})");

    /// <summary>What must not have happened.</summary>
    public Task<string[]> ErrorsAsync() => ReadAsync<string[]>("errors");

    /// <summary>What happened, in order.</summary>
    public Task<string[]> EventsAsync() => ReadAsync<string[]>("events");

    /// <summary>How it stands, for a failure.</summary>
    public Task<string> StandingAsync() => ReadAsync<string>("await standing()");

    public Task<SessionDescription> OfferAsync() => DescribeAsync();

    public Task<SessionDescription> AnswerAsync() => DescribeAsync();

    public async Task TakeAsync(SessionDescription description)
    {
        string type = description.Type.ToString().ToLowerInvariant();
        await DoAsync(
            $"await pc.setRemoteDescription({JsonSerializer.Serialize(new { type, sdp = description.Sdp })}); await giveCandidates()");
    }

    public Task RollbackLocalAsync() => DoAsync("await pc.setLocalDescription({ type: 'rollback' })");

    public Task RollbackRemoteAsync() => DoAsync("await pc.setRemoteDescription({ type: 'rollback' })");

    public Task AddTrackAsync(string kind) => DoAsync($"pc.addTrack(await track('{kind}'), new MediaStream())");

    public Task RemoveTracksAsync(string except) => DoAsync(
        $"for (const {{ mid, sender }} of pc.getTransceivers()) if (mid !== '{except}' && sender.track) {{ const {{ track }} = sender; "
        + $"pc.removeTrack(sender); track.stop(); }}");

    public Task SetDirectionAsync(string mid, string direction) => DoAsync($"at('{mid}').direction = '{direction}'");

    public Task StopAsync(string mid) => DoAsync($"at('{mid}').stop()");

    public Task RestartIceAsync() => DoAsync("pc.restartIce()");

    public Task<string> TransceiversAsync() => ReadAsync<string>(
        "`${pc.signalingState}; ` + pc.getTransceivers().filter((t) => t.currentDirection !== 'stopped').map((t) => `${t.mid} "
        + "${t.receiver.track.kind} ${t.direction}/${t.currentDirection}`).join(', ')");

    public Task<long> PacketsSentAsync(string? mid = null) => ReadAsync<long>($"await packetsSent({JsonSerializer.Serialize(mid)})");

    public Task ExpectPacketsAsync(string mid, int packets = 5) =>
        DoAsync(
            $"const before = await packetsReceived('{mid}'); await until(async () => (await packetsReceived('{mid}')) >= before "
            + $"+ {packets}, '{packets} packets of {mid}')");

    /// <summary>Waits for so many more decoded pictures.</summary>
    public Task ExpectPicturesAsync(string mid, int pictures = 5) =>
        DoAsync(
            $"const before = await framesDecoded('{mid}'); await until(async () => (await framesDecoded('{mid}')) >= before + {pictures}, "
            + $"'{pictures} pictures of {mid}')");

    /// <summary>Waits until a transceiver hears a tone.</summary>
    public Task ExpectToneAsync(string mid, int frequency) => WaitAsync($"Math.abs(frequency('{mid}') - {frequency}) < 25");

    /// <summary>Waits until a transceiver hears something that is not a tone of that frequency.</summary>
    public Task ExpectOtherSoundAsync(string mid, int than) =>
        WaitAsync($"frequency('{mid}') > 0 && Math.abs(frequency('{mid}') - {than}) >= 25");

    public Task ExpectConnectedAsync() => WaitAsync("pc.connectionState === 'connected' && pc.signalingState === 'stable'");

    public Task<string> UfragAsync() => ReadAsync<string>("ufrag(pc.currentLocalDescription)");

    public Task CloseAsync() => DoAsync("pc.close()");

    public async ValueTask DisposeAsync() => await _page.Context.CloseAsync();

    private async Task<SessionDescription> DescribeAsync()
    {
        string gather = AllAtOnce ? "await gatheringComplete();" : "";
        var json = await ReadAsync<string>(
            $"await (async () => {{ await pc.setLocalDescription(); {gather} return JSON.stringify(pc.localDescription); }})()");
        JsonElement description = JsonDocument.Parse(json).RootElement;
        return new SessionDescription(
            Enum.Parse<SdpType>(description.GetProperty("type").GetString()!, ignoreCase: true),
            description.GetProperty("sdp").GetString()!);
    }

    private int Hear(string json)
    {
        Told?.Invoke(JsonDocument.Parse(json).RootElement);
        return 0;
    }
}
