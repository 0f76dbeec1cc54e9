using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The RTCPeerConnection of a page in Firefox, by w3c_peer.js.</summary>
public sealed class FirefoxLink : IPeerLink
{
    private readonly Firefox _firefox;

    private FirefoxLink(Firefox firefox) => _firefox = firefox;

    public event Action<JsonElement>? CandidateGathered;

    public string Log => string.Join('\n', [.. _firefox.Errors, _firefox.Output]);

    /// <summary>Starts a browser of its own, with the peer's page.</summary>
    public static async Task<FirefoxLink> StartAsync()
    {
        var link = new FirefoxLink(await Firefox.StartAsync());
        try
        {
            await link.OpenAsync();
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    public async Task<JsonElement> AskAsync(string command, object? arguments = null)
    {
        string? answer = await _firefox.CallAsync(
            "(command, question) => obey(command, question)", command, JsonSerializer.Serialize(arguments ?? new { }));
        JsonElement answered = JsonDocument.Parse(answer!).RootElement;
        return answered.TryGetProperty("error", out JsonElement error)
            ? throw new PeerRefusedException(command, error.ToString())
            : answered.GetProperty("ok");
    }

    public ValueTask DisposeAsync() => _firefox.DisposeAsync();

    // A file is a secure origin, as a camera needs it, and asks no server.
    private async Task OpenAsync()
    {
        await _firefox.GotoAsync(new Uri(PeerPrograms.PathOf("w3c", "page.html")));
        await _firefox.BindAsync("tellCandidate", candidate => CandidateGathered?.Invoke(JsonDocument.Parse(candidate).RootElement));
    }
}
