using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>A client written from docs/signaling.md alone: a socket and JSON, nothing of Parley's.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[1024 * 1024];

    private RawPeer(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public string Id { get; private set; } = "";

    public JsonElement Welcome { get; private set; }

    /// <summary>The token of the session, if the peer has one.</summary>
    public string Token => Welcome.GetProperty("session").GetProperty("token").GetString()!;

    /// <summary>How many messages the server says that it took before this socket.</summary>
    public long Taken => Welcome.GetProperty("session").GetProperty("received").GetInt64();

    /// <summary>Whether the session goes on with this socket.</summary>
    public bool IsResumed => Welcome.GetProperty("session").GetProperty("resumed").GetBoolean();

    /// <summary>The peers of the welcome: their ids, and whether they are kept.</summary>
    public IEnumerable<(string Id, bool Kept)> Peers => Welcome.GetProperty("peers").EnumerateArray()
        .Select(peer => (peer.GetProperty("id").GetString()!, peer.TryGetProperty("kept", out JsonElement kept) && kept.GetBoolean()));

    /// <summary>Opens a socket without expecting anything.</summary>
    public static async Task<RawPeer> ConnectAsync(
        ParleyServer server, string room, string? name = null, string? origin = null, string? session = null,
        params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        foreach ((string header, string value) in headers)
        {
            socket.Options.SetRequestHeader(header, value);
        }

        string query = $"?{(name is null ? "" : "name=" + Uri.EscapeDataString(name))}{(session is null ? "" : "&session=" + session)}";
        await socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/rooms/{room}{query}"), CancellationToken.None);
        return new RawPeer(socket);
    }

    /// <summary>Opens a socket and expects to be welcomed.</summary>
    public static async Task<RawPeer> JoinAsync(ParleyServer server, string room, string? name = null, string? session = null)
    {
        RawPeer peer = await ConnectAsync(server, room, name, session: session);
        await peer.ExpectWelcomeAsync();
        return peer;
    }

    /// <summary>Comes back with a token, and expects to be welcomed.</summary>
    public static async Task<RawPeer> ResumeAsync(ParleyServer server, string room, string token, long received, params string[] known)
    {
        RawPeer peer = await ConnectAsync(server, room, "back", session: "resume");
        await peer.SendAsync(JsonSerializer.Serialize(new { type = "resume", token, received, peers = known }));
        await peer.ExpectWelcomeAsync();
        return peer;
    }

    /// <summary>Says something to a peer, without a number.</summary>
    public Task SayAsync(string to, string text) => SendAsync($$"""{"to":"{{to}}","candidate":"{{text}}"}""");

    /// <summary>The next message, which must be what a peer said.</summary>
    public async Task ExpectSaidAsync(string from, string text)
    {
        JsonElement message = await ReadAsync();
        Assert.True(message.TryGetProperty("from", out JsonElement sender), message.ToString());
        Assert.Equal((from, text), (sender.GetString()!, message.GetProperty("candidate").GetString()!));
    }

    /// <summary>Nothing waits: the next message is one's own, sent now.</summary>
    public async Task ExpectQuietAsync()
    {
        string mark = Guid.NewGuid().ToString();
        await SayAsync(Id, mark);
        await ExpectSaidAsync(Id, mark);
    }

    private async Task ExpectWelcomeAsync()
    {
        Welcome = await ExpectAsync("welcome");
        Id = Welcome.GetProperty("id").GetString()!;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
        Socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);

    /// <summary>The next whole message as text, or null when the server closed.</summary>
    public async Task<string?> ReadTextAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await Socket.ReceiveAsync(_buffer.AsMemory(length), limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    public async Task<JsonElement> ReadAsync()
    {
        string text = await ReadTextAsync() ?? throw new InvalidOperationException("The server closed the socket.");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The next message, which must be of that type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        JsonElement message = await ReadAsync();
        Assert.Equal(type, message.GetProperty("type").GetString());
        return message;
    }

    /// <summary>The next message, which must be an error of that code.</summary>
    public async Task ExpectErrorAsync(string code)
    {
        JsonElement message = await ExpectAsync("error");
        Assert.Equal(code, message.GetProperty("code").GetString());
        Assert.NotEmpty(message.GetProperty("message").GetString()!);
    }

    public Task CloseAsync() => Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
