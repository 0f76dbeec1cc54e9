using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Parley.Interop.Peers;

/// <summary>Parley's page in a browser, used as a person uses it, and read through <c>window.parley</c> (docs/page.md).</summary>
public sealed class CallPage(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _console = new();

    /// <summary>The page itself, for what this class has no word for.</summary>
    public IPage Page => page;

    /// <summary>Uncaught errors, and errors and warnings of the console: all that a test expects to stay empty.</summary>
    public IReadOnlyCollection<string> Errors => _console;

    internal async Task OpenAsync(Uri address)
    {
        page.PageError += (_, error) => _console.Enqueue(error);
        page.Console += (_, message) =>
        {
            // A page that gets no processor time for some seconds loses its socket, and has it again.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal))
            {
                _console.Enqueue(message.Text);
            }
        };
        await page.GotoAsync(address.ToString());
        await WaitAsync("parley.self.joined");
    }

    /// <summary>Presses a button by the name a person reads or hears.</summary>
    public Task PressAsync(string button) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button, Exact = true }).ClickAsync();

    /// <summary>Writes into the chat.</summary>
    public async Task SayAsync(string text)
    {
        await page.GetByLabel("Message", new PageGetByLabelOptions { Exact = true }).FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Waits until somebody's line in the chat reads so.</summary>
    public Task ExpectChatAsync(string who, string text)
    {
        (string name, string line) = (JsonSerializer.Serialize(who), JsonSerializer.Serialize(text));
        return WaitAsync(
            $"[...document.querySelectorAll('#log li')].some((each) => each.textContent.includes({name}) && "
            + $"each.textContent.includes({line}))");
    }

    /// <summary>Waits until an expression over <c>parley</c> is true; the failure shows what the page says of itself.</summary>
    public async Task WaitAsync(string condition)
    {
        try
        {
            await page.WaitForFunctionAsync(
                $"() => Boolean({condition})",
                null,
                new PageWaitForFunctionOptions { PollingInterval = 50, Timeout = (float)Patience.Limit.TotalMilliseconds });
        }
        catch (TimeoutException exception)
        {
            string state = await page.EvaluateAsync<string>(
                """
                () => JSON.stringify({
                  self: parley.self,
                  peers: parley.peers,
                  videos: [...document.querySelectorAll("video")].map((v) => ({
                    of: v.closest(".tile")?.id, paused: v.paused, muted: v.muted, readyState: v.readyState, width: v.videoWidth,
                    error: v.error?.message,
                    tracks: v.srcObject?.getTracks().map((t) => `${t.kind} ${t.readyState}${t.muted ? " muted" : ""}`),
                  })),
                }, null, 1)
                """);
            throw new TimeoutException($"Never: {condition}\n{state}\n{string.Join('\n', _console)}", exception);
        }
    }

    /// <summary>Waits until an asynchronous expression is true, asked again and again.</summary>
    public async Task WaitStatsAsync(string peer, string conditionOverStats)
    {
        TimeSpan limit = Patience.Limit;
        // A browser that does not answer getStats must not stop the test.
        Task<JsonElement?> asking = page.EvaluateAsync(
            $$"""
            async ([id, limit]) => {
              const end = performance.now() + limit;
              for (;;) {
                const stats = await parley.stats(id);
                if ({{conditionOverStats}}) return;
                if (performance.now() > end) throw new Error("Never: " + {{JsonSerializer.Serialize(conditionOverStats)}} + "\n"
                    + JSON.stringify(stats.filter((s) => s.type.includes("bound-rtp"))));
                await new Promise((done) => setTimeout(done, 100));
              }
            }
            """,
            new object[] { peer, limit.TotalMilliseconds });
        try
        {
            await asking.WaitAsync(limit + TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"The browser does not answer: {conditionOverStats}\n{await ReadAsync<string>("JSON.stringify(parley.peers)")}", exception);
        }
    }

    /// <summary>Reads an expression.</summary>
    public Task<T> ReadAsync<T>(string expression) => page.EvaluateAsync<T>($"() => ({expression})");

    /// <summary>The id of the only other peer in the room, once it is there.</summary>
    public async Task<string> OtherAsync()
    {
        await WaitAsync("parley.peers.length === 1");
        return await ReadAsync<string>("parley.peers[0].id");
    }

    /// <summary>Waits until the connection to every peer is up.</summary>
    public Task ExpectConnectedAsync() =>
        WaitAsync("parley.peers.length > 0 && parley.peers.every((p) => p.connection === 'connected' && p.signaling === 'stable')");

    /// <summary>Waits until so many more video frames of a peer were decoded, and a picture of it is to be seen.</summary>
    public async Task ExpectVideoAsync(string peer, int frames = 10)
    {
        const string Decoded = "(stats.find((s) => s.type === 'inbound-rtp' && s.kind === 'video')?.framesDecoded ?? 0)";
        int before = await page.EvaluateAsync<int>(
            $"async (id) => {{ const stats = await parley.stats(id); return {Decoded}; }}", peer).WaitAsync(Until.Limit);
        await WaitStatsAsync(peer, $"{Decoded} >= {before + frames}");
        await page.Locator($"#peer-{peer}.picture video").WaitForAsync();
        await WaitAsync($"(() => {{ const v = document.querySelector('#peer-{peer} video'); return !v.paused && v.videoWidth > 0; }})()");
    }

    /// <summary>Waits until a peer is heard: packets with sound in them.</summary>
    public Task ExpectSoundAsync(string peer) =>
        WaitStatsAsync(peer, "stats.some((s) => s.type === 'inbound-rtp' && s.kind === 'audio' && s.audioLevel > 0.001)");

    /// <summary>Packets of sound and pictures sent to a peer so far.</summary>
    public Task<long> PacketsSentAsync(string peer) => page.EvaluateAsync<long>(
        "async (id) => (await parley.stats(id)).filter((s) => s.type === 'outbound-rtp').reduce((sum, s) => sum + s.packetsSent, 0)", peer);

    /// <summary>Waits until the direction of a kind of media is as negotiated.</summary>
    public Task ExpectDirectionAsync(string kind, string currentDirection) =>
        WaitAsync(
            $"parley.peers[0]?.signaling === 'stable' && parley.peers[0].transceivers.find((t) => t.kind === '{kind}')?.currentDirection "
            + $"=== '{currentDirection}'");

    public async ValueTask DisposeAsync() => await context.CloseAsync();
}
