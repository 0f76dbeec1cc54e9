using System.Globalization;
using System.Text.Json;

namespace Parley.Interop.Peers;

/// <summary>Parley's page in Firefox, used as a person uses it, and read through <c>window.parley</c> (docs/page.md).</summary>
/// <param name="firefox">The browser, which shows the page.</param>
public sealed class FirefoxCallPage(Firefox firefox)
{
    private const string Decoded =
        "((await parley.stats(parley.peers[0].id)).find((s) => s.type === 'inbound-rtp' && s.kind === 'video')?.framesDecoded ?? 0)";
    private const string Sent =
        "(await parley.stats(parley.peers[0].id)).filter((s) => s.type === 'outbound-rtp').reduce((sum, s) => sum + s.packetsSent, 0)";

    /// <summary>Opens the page and joins a room.</summary>
    /// <param name="address">The room's address.</param>
    /// <param name="name">The person's name.</param>
    public async Task OpenAsync(Uri address, string name)
    {
        await firefox.GotoAsync(new Uri($"{address}&name={Uri.EscapeDataString(name)}"));
        await WaitAsync("parley.self.joined");
    }

    /// <summary>Presses a button by the name a person reads or hears.</summary>
    public Task PressAsync(string button) => firefox.CallAsync(
        "(name) => [...document.querySelectorAll('button')].find((each) => (each.ariaLabel ?? each.textContent).trim() === name).click()",
        button);

    /// <summary>Writes into the chat.</summary>
    public Task SayAsync(string text) => firefox.CallAsync(
        "(text) => { const field = document.querySelector('[aria-label=Message]'); field.value = text; field.form.requestSubmit(); }",
        text);

    /// <summary>
    /// Waits until an expression over <c>parley</c>, which may await, is true; the failure shows what the page says of itself.
    /// </summary>
    public async Task WaitAsync(string condition)
    {
        TimeSpan limit = Until.Limit;
        string? state = await firefox.CallAsync(
            $$"""
            async (limit) => {
              const end = performance.now() + Number(limit);
              for (;;) {
                if ({{condition}}) return null;
                if (performance.now() > end) {
                  const all = parley.peers.length > 0 ? await parley.stats(parley.peers[0].id) : [];
                  const stats = all.filter((each) => each.type.includes("bound-rtp"));
                  return JSON.stringify({ self: parley.self, peers: parley.peers, stats }, null, 1);
                }
                await new Promise((done) => setTimeout(done, 50));
              }
            }
            """,
            limit + TimeSpan.FromSeconds(10), // so that the page, not the driver, says what never came
            limit.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        if (state is not null)
        {
            throw new TimeoutException($"Never: {condition}\n{state}\n{string.Join('\n', firefox.Errors)}");
        }
    }

    /// <summary>Waits until somebody's line in the chat has this text.</summary>
    public Task ExpectChatAsync(string text) =>
        WaitAsync($"[...document.querySelectorAll('#log li')].some((each) => each.textContent.includes({JsonSerializer.Serialize(text)}))");

    /// <summary>Waits until so many more frames of the only peer were decoded, and its picture is to be seen.</summary>
    public async Task ExpectVideoAsync(int frames)
    {
        long before = await CountAsync(Decoded);
        await WaitAsync($"{Decoded} >= {before + frames}");
        await WaitAsync(
            "(() => { const v = document.querySelector(`#peer-${parley.peers[0].id}.picture video`); "
            + "return v && !v.paused && v.videoWidth === 640 && v.videoHeight === 360; })()");
    }

    /// <summary>Waits until the only peer is heard: packets with sound in them.</summary>
    public Task ExpectSoundAsync() =>
        WaitAsync(
            "(await parley.stats(parley.peers[0].id)).some((s) => s.type === 'inbound-rtp' && s.kind === 'audio' && s.audioLevel > 0.001)");

    /// <summary>Packets of sound and pictures sent to the only peer so far.</summary>
    public Task<long> PacketsSentAsync() => CountAsync(Sent);

    /// <summary>Waits until both kinds of media go in a direction, as negotiated.</summary>
    public Task ExpectDirectionAsync(string currentDirection) => WaitAsync(
        "parley.peers[0]?.signaling === 'stable' && ['audio', 'video'].every((kind) => parley.peers[0].transceivers.find((t) => t.kind "
        + $"=== kind)?.currentDirection === '{currentDirection}')");

    private async Task<long> CountAsync(string expression) =>
        long.Parse((await firefox.CallAsync($"async () => String({expression})"))!, CultureInfo.InvariantCulture);
}
