using System.Net.Sockets;
using System.Text;

namespace Parley.Server.Tests;

/// <summary>A socket that shakes hands and then does only what a test makes it do: it answers no ping, and reads nothing.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawSocket> JoinAsync(ParleyServer server, string room, int? receiveBuffer = null)
    {
        var raw = new RawSocket();
        if (receiveBuffer is { } bytes)
        {
            raw._socket.ReceiveBufferSize = bytes;
        }

        await raw._socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await raw._socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /rooms/{room} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        return raw;
    }

    /// <summary>Sends a frame, masked with zeros.</summary>
    public Task<int> SendFrameAsync(byte opcode, params byte[] payload) =>
        _socket.SendAsync((byte[])[(byte)(0x80 | opcode), (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]);

    /// <summary>Sends bytes as they are.</summary>
    public Task<int> SendAsync(byte[] bytes) => _socket.SendAsync(bytes);

    /// <summary>Reads until the server ends the connection, and returns what came.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // Reset is an end too.
        }

        return all.ToArray();
    }

    public void Dispose() => _socket.Dispose();
}
