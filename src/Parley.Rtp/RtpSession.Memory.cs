using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp;

/// <content>One account of the memory that received frames take, over all sources: a peer that opens many frames and ends none holds no
/// more of it than one that opens a few.</content>
public sealed partial class RtpSession
{
    /// <summary>Room in all streams' windows beyond what each begins with: eight streams may have the largest.</summary>
    private const int MaxSlots = 8 * 4096;

    private int _slots;

    /// <summary>
    /// Frames dropped because all frames together would have taken more than <see cref="RtpSessionOptions.MaxFrameMemory"/>.
    /// </summary>
    public long FramesOverMemory { get; private set; }

    /// <summary>Bytes of memory that frames take which have begun and not ended.</summary>
    internal long OpenBytes { get; set; }

    /// <summary>Bytes of frames that are whole and wait to be read.</summary>
    internal long UnreadBytes { get; private set; }

    /// <summary>
    /// Lets go of frames that have begun until all frames together are within the bound again: the largest first, so that whoever takes the
    /// most loses it and pictures of a usual size stay.
    /// </summary>
    internal void KeepWithinMemory(Instant now)
    {
        while (OpenBytes > 0 && OpenBytes + UnreadBytes > Options.MaxFrameMemory && LargestOpen() is { } largest)
        {
            if (FramesOverMemory++ == 0)
            {
                LogOverMemory(_logger, Options.MaxFrameMemory);
            }

            largest.DropOpen(now);
        }
    }

    /// <summary>Widens a stream's window by as many packets; false when the windows of all have grown too far.</summary>
    internal bool TryTakeSlots(int count)
    {
        if (_slots + count > MaxSlots)
        {
            return false;
        }

        _slots += count;
        return true;
    }

    internal void ReturnSlots(int count) => _slots -= count;

    private RtpInboundStream? LargestOpen()
    {
        RtpInboundStream? largest = null;
        foreach (var inbound in _inbounds)
        {
            foreach (var stream in inbound.StreamList)
            {
                largest = stream.OpenLength > (largest?.OpenLength ?? -1) ? stream : largest;
            }
        }

        return largest;
    }

    [LoggerMessage(604, LogLevel.Warning, "Frames dropped: those that have begun took more than {Bytes} bytes together")]
    private static partial void LogOverMemory(ILogger logger, long bytes);
}
