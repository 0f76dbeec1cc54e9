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

    /// <summary>Opens a socket without expecting anything.</summary>
    public static async Task<RawPeer> ConnectAsync(ParleyServer server, string room, string? name = null, string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        string query = name is null ? "" : "?name=" + Uri.EscapeDataString(name);
        await socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/rooms/{room}{query}"), CancellationToken.None);
        return new RawPeer(socket);
    }

    /// <summary>Opens a socket and expects to be welcomed.</summary>
    public static async Task<RawPeer> JoinAsync(ParleyServer server, string room, string? name = null)
    {
        RawPeer peer = await ConnectAsync(server, room, name);
        peer.Welcome = await peer.ExpectAsync("welcome");
        peer.Id = peer.Welcome.GetProperty("id").GetString()!;
        return peer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) => Socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);

    /// <summary>The next whole message as text, or null when the server closed.</summary>
    public async Task<string?> ReadTextAsync()
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await Socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
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
