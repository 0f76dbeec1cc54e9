using System.Text.Json;
using Parley.Server;

namespace Parley.Interop.Peers;

/// <summary>aiortc in a room, by aiortc_peer.py: what it does and says.</summary>
public sealed class AiortcPeer : IAsyncDisposable
{
    // Debian's own interpreter: its packages belong to it.
    private const string Python = "/usr/bin/python3";

    private readonly ForeignProcess _process;

    private AiortcPeer(ForeignProcess process) => _process = process;

    /// <summary>How it stands, by its last word.</summary>
    public JsonElement Status
    {
        get
        {
            string? line = _process.Output.Split('\n').LastOrDefault(l => l.StartsWith('{') && l.EndsWith('}'));
            return line is null ? default : JsonDocument.Parse(line).RootElement;
        }
    }

    /// <summary>Joins a room, and is in it when the task is done.</summary>
    public static async Task<AiortcPeer> JoinAsync(ParleyServer server, string room)
    {
        string script = Path.Combine(Repository.Root, "tests", "Parley.Interop.Peers", "aiortc_peer.py");
        var peer = new AiortcPeer(ForeignProcess.Start(Python, [script, $"ws://{server.Address.Authority}/rooms/{room}?name=aiortc"]));
        await peer.ExpectAsync("joined", _ => true);
        return peer;
    }

    /// <summary>Tells it to do something: what aiortc_peer.py lists.</summary>
    public Task DoAsync(string command) => _process.WriteLineAsync(command);

    /// <summary>Waits until its status is so.</summary>
    public async Task<JsonElement> ExpectAsync(string what, Func<JsonElement, bool> condition)
    {
        await Until.TrueAsync(
            () => Status is { ValueKind: JsonValueKind.Object } status && condition(status), () => $"{what}, aiortc:\n{this}");
        return Status;
    }

    /// <summary>Waits for so many more decoded pictures and packets of sound that is not silence.</summary>
    public Task ExpectMediaAsync(int pictures, int sounds)
    {
        JsonElement now = Status;
        (int video, int loud) = (now.GetProperty("video").GetInt32() + pictures, now.GetProperty("loud").GetInt32() + sounds);
        return ExpectAsync($"{video} pictures and {loud} sounds", s =>
            s.GetProperty("video").GetInt32() >= video && s.GetProperty("loud").GetInt32() >= loud);
    }

    /// <summary>Waits for its end.</summary>
    public Task<int> WaitForExitAsync() => _process.WaitForExitAsync();

    public override string ToString()
    {
        string[] lines = _process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Where(line => !line.StartsWith('{')).TakeLast(40).Concat(lines.TakeLast(1)));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
