namespace Parley.Server;

/// <summary>
/// The stream under a WebSocket, which sees what the WebSocket answers by itself: a flood of pings is a flood, and a write that does not
/// end, of a pong too, is a peer that reads nothing.
/// </summary>
internal sealed class MeteredStream(Stream inner, SocketMeter meter) : Stream
{
    private ControlFrameCounter _frames;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        int control = _frames.Take(buffer.Span[..read]);
        if (control > 0)
        {
            await meter.PayAsync(control, cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask write = inner.WriteAsync(buffer, cancellationToken);
        return write.IsCompleted ? write : WatchAsync(write.AsTask());
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Task flush = inner.FlushAsync(cancellationToken);
        return flush.IsCompleted ? flush : WatchAsync(flush).AsTask();
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WatchAsync(Task writing)
    {
        await using ITimer watch = meter.WatchWrite();
        await writing.ConfigureAwait(false);
    }
}
