using System.Buffers.Binary;
using Parley.Media;

namespace Parley.Cli.Bench.Soak;

/// <summary>Numbered frames that arrive of one track: each once at the most, and in order.</summary>
internal sealed class MediaLedger : IMediaSink
{
    /// <summary>Where a frame's number stands: behind what VP8 and Opus need.</summary>
    public const int NumberOffset = 10;

    private long _received;
    private long _outOfOrder;
    private long _last = -1;

    /// <summary>Frames that arrived.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Frames that came again, or after later ones.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        if (frame.Data.Length < NumberOffset + sizeof(long))
        {
            return;
        }

        long number = BinaryPrimitives.ReadInt64BigEndian(frame.Data.Span[NumberOffset..]);
        if (number <= _last)
        {
            Interlocked.Increment(ref _outOfOrder);
        }

        _last = Math.Max(_last, number);
        Interlocked.Increment(ref _received);
    }
}
