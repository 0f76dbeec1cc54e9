using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>The log of the server; ids 1200 to 1299. Names of rooms and people stay out of it.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1201, LogLevel.Information, "Peer {PeerId} joined")]
    public static partial void PeerJoined(ILogger logger, string peerId);

    [LoggerMessage(1202, LogLevel.Information, "Peer {PeerId} left")]
    public static partial void PeerLeft(ILogger logger, string peerId);

    [LoggerMessage(1203, LogLevel.Information, "Peer {PeerId} lost its socket without closing it")]
    public static partial void PeerVanished(ILogger logger, string peerId);

    [LoggerMessage(1204, LogLevel.Warning, "Peer {PeerId} is cut off: {Reason}")]
    public static partial void Cut(ILogger logger, string peerId, CutReason reason);

    [LoggerMessage(1205, LogLevel.Information, "Peer {PeerId} is back")]
    public static partial void PeerResumed(ILogger logger, string peerId);

    [LoggerMessage(1206, LogLevel.Warning, "A page of another origin was refused")]
    public static partial void OriginRefused(ILogger logger);

    [LoggerMessage(
        1207, LogLevel.Warning,
        "A request for another host was refused; a name of this server is told by --host or SignalingOptions.AllowedHosts")]
    public static partial void HostRefused(ILogger logger);

    [LoggerMessage(1208, LogLevel.Warning, "An address has too many sockets or opens them too fast, and is refused: {Reason}")]
    public static partial void AddressRefused(ILogger logger, RefusalReason reason);
}
