using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>When frames were captured, by the capture system's own clock
/// (http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time).</content>
public sealed partial class RtpInboundStream
{
    private NtpTimestamp? _captureTime;
    private long _captureTimestamp;
    private int _captureClockRate;
    private TimeSpan? _captureOffset;

    private void ReadCaptureTime(in RtpPacketView packet, ReceivedFrame frame)
    {
        if (!packet.Extensions.TryFind(Inbound.Options.Extensions.AbsoluteCaptureTime, out var data) || data.Length < sizeof(ulong))
        {
            return;
        }

        (_captureTime, _captureTimestamp, _captureClockRate) =
            (new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(data)), frame.ExtendedTimestamp, frame.Codec.ClockRate);
        if (data.Length >= 2 * sizeof(ulong))
        {
            // A signed number of seconds with 32 bits of fraction.
            _captureOffset =
                new TimeSpan((long)((Int128)BinaryPrimitives.ReadInt64BigEndian(data[sizeof(ulong)..]) * TimeSpan.TicksPerSecond >> 32));
        }
    }

    /// <summary>The extension's own time where a packet brought it; in between the time that the RTP clock makes of the last one.</summary>
    private void SetCaptureTime(ReceivedFrame frame)
    {
        if (_captureTime is { } time && _captureClockRate == frame.Codec.ClockRate)
        {
            frame.CaptureTime =
                time.AddNanoseconds(Proportion.Of(frame.ExtendedTimestamp - _captureTimestamp, 1_000_000_000, _captureClockRate));
            frame.CaptureClockOffset = _captureOffset;
        }
    }
}
