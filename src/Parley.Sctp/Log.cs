using Microsoft.Extensions.Logging;

namespace Parley.Sctp;

/// <summary>What the room tells operators; ids 700 to 799.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Debug, "SCTP connects from port {LocalPort} to {RemotePort}")]
    public static partial void Connects(this ILogger logger, ushort localPort, ushort remotePort);

    [LoggerMessage(701, LogLevel.Debug, "SCTP connected: {Streams} streams, peer window {Window} bytes, {Capabilities}")]
    public static partial void Connected(this ILogger logger, ushort streams, uint window, Wire.PeerCapabilities capabilities);

    [LoggerMessage(EventId = 702, Message = "SCTP failed: {Failure}, {Reason}")]
    public static partial void Failed(this ILogger logger, LogLevel level, SctpFailure failure, string reason);

    [LoggerMessage(703, LogLevel.Debug, "SCTP closed in order")]
    public static partial void Closed(this ILogger logger);

    [LoggerMessage(704, LogLevel.Debug, "SCTP packet dropped: {Why}")]
    public static partial void PacketDropped(this ILogger logger, string why);

    [LoggerMessage(705, LogLevel.Information, "SCTP restarted by the peer")]
    public static partial void Restarted(this ILogger logger);

    [LoggerMessage(706, LogLevel.Debug, "SCTP error told by the peer: {Reason}")]
    public static partial void PeerError(this ILogger logger, string reason);

    [LoggerMessage(707, LogLevel.Debug, "SCTP retransmission timer expired for the {Count}. time; the next is {Rto}")]
    public static partial void TimerExpired(this ILogger logger, int count, TimeSpan rto);

    [LoggerMessage(708, LogLevel.Debug, "SCTP reset of {Count} streams was answered with {Result}")]
    public static partial void ResetAnswered(this ILogger logger, int count, Wire.ReconfigResult result);

    [LoggerMessage(709, LogLevel.Debug, "SCTP packets of {Size} bytes from now on, not {Before}: the path takes that much")]
    public static partial void PacketSizeChanged(this ILogger logger, int before, int size);

    [LoggerMessage(720, LogLevel.Debug, "Data channel {Stream} announced by the peer")]
    public static partial void ChannelAnnounced(this ILogger logger, StreamId stream);

    [LoggerMessage(721, LogLevel.Debug, "Data channel {Stream} closed")]
    public static partial void ChannelClosed(this ILogger logger, StreamId? stream);

    [LoggerMessage(722, LogLevel.Warning, "Data channel message on stream {Stream} dropped: {Why}")]
    public static partial void MessageDropped(this ILogger logger, StreamId stream, string why);
}
