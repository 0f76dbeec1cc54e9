using System.Text.Json;
using Microsoft.Playwright;
using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The RTCPeerConnection of a page that Playwright drives, by w3c_peer.js.</summary>
public sealed class PageLink : IPeerLink
{
    private readonly IPage _page;

    private PageLink(IPage page) => _page = page;

    public event Action<JsonElement>? CandidateGathered;

    public string Log => "";

    /// <summary>Opens a page of its own.</summary>
    public static async Task<PageLink> OpenAsync(Browser browser)
    {
        var link = new PageLink(await browser.OpenBlankAsync());
        await link._page.ExposeFunctionAsync<string, int>("tellCandidate", link.Hear);
        foreach (string script in new[] { "w3c_peer.js", "page_media.js" })
        {
            await link._page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = PeerPrograms.PathOf("w3c", script) });
        }

        return link;
    }

    public async Task<JsonElement> AskAsync(string command, object? arguments = null)
    {
        string question = JsonSerializer.Serialize(arguments ?? new { });
        string answer = await _page.EvaluateAsync<string>(
            "([command, question]) => obey(command, question)", new[] { command, question }).WaitAsync(Until.Limit);
        JsonElement answered = JsonDocument.Parse(answer).RootElement;
        return answered.TryGetProperty("error", out JsonElement error)
            ? throw new PeerRefusedException(command, error.ToString())
            : answered.GetProperty("ok");
    }

    public async ValueTask DisposeAsync() => await _page.Context.CloseAsync();

    private int Hear(string candidate)
    {
        CandidateGathered?.Invoke(JsonDocument.Parse(candidate).RootElement);
        return 0;
    }
}
