using System.Net.WebSockets;
using System.Threading.Channels;

namespace Parley.Server;

/// <summary>What waits to be sent to one peer: posted by anyone without waiting, sent by one pump, bounded in messages and bytes.</summary>
/// <remarks>A reader too slow for its bound is cut off, since waiting for it would make it everybody's problem.</remarks>
internal sealed class Outbox(int maxMessages, int maxBytes)
{
    private readonly Channel<ReadOnlyMemory<byte>> _messages =
        Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(maxMessages) { SingleReader = true });

    private readonly CancellationTokenSource _overflowed = new();
    private volatile bool _completed;
    private int _bytes;

    /// <summary>Cancelled when a message found no room any more.</summary>
    public CancellationToken Overflowed => _overflowed.Token;

    /// <summary>Queues one whole text message; the memory must not change afterwards.</summary>
    public void Post(ReadOnlyMemory<byte> message)
    {
        if ((Interlocked.Add(ref _bytes, message.Length) > maxBytes || !_messages.Writer.TryWrite(message)) && !_completed)
        {
            _ = _overflowed.CancelAsync();
        }
    }

    /// <summary>The pump ends when all is sent that was posted so far; what is posted later is dropped.</summary>
    public void Complete()
    {
        _completed = true;
        _messages.Writer.TryComplete();
    }

    /// <summary>Sends what is posted, in order, until <see cref="Complete"/>.</summary>
    public async Task PumpAsync(WebSocket socket, CancellationToken cancellation)
    {
        while (await _messages.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (_messages.Reader.TryRead(out ReadOnlyMemory<byte> message))
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellation).ConfigureAwait(false);
                Interlocked.Add(ref _bytes, -message.Length);
            }
        }
    }
}
