using Parley.Media;
using Parley.Net;

namespace Parley;

/// <summary>One encoding of a sender on its way to the wire: a stream of its own, with its own retransmissions (RFC 8853 §6).</summary>
internal sealed class EncodingFlow
{
    public EncodingFlow(uint ssrc, uint rtxSsrc)
    {
        (Ssrc, RtxSsrc) = (ssrc, rtxSsrc);
        Frames = new OutgoingFramePool(this);
    }

    /// <summary>The stream's source.</summary>
    public uint Ssrc { get; }

    /// <summary>The source of its retransmissions.</summary>
    public uint RtxSsrc { get; }

    /// <summary>The encoding it belongs to; null while it is the only one.</summary>
    public string? Rid { get; set; }

    /// <summary>What carries its frames to the transport.</summary>
    public OutgoingFramePool Frames { get; }

    /// <summary>What was sent of it; only the driver's turns touch it.</summary>
    public FrameTally Sent { get; } = new();

    /// <summary>What bounds the encoding's frame rate and bitrate; only under the flow's lock.</summary>
    public EncodingThrottle Throttle { get; } = new();

    /// <summary>Why pictures are left out, and since when.</summary>
    public QualityLimitation Limitation { get; } = new();

    /// <summary>Counts a picture; the transport has just taken it. In the driver's turn.</summary>
    public void CountSent(OutgoingFrame frame, Instant now)
    {
        if (frame.Format is not { Kind: MediaKind.Video } format)
        {
            return;
        }

        var (width, height) = (0, 0);
        if (frame.IsKeyFrame)
        {
            VideoFrame.TryReadSize(format, frame.Data, out width, out height);
        }

        Sent.AddPicture(now, width, height);
    }
}
