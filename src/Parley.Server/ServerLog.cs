using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>The log of the server; ids 1200 to 1299. Names of rooms and people stay out of it.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1201, LogLevel.Information, "Peer {PeerId} joined")]
    public static partial void PeerJoined(ILogger logger, string peerId);

    [LoggerMessage(1202, LogLevel.Information, "Peer {PeerId} left")]
    public static partial void PeerLeft(ILogger logger, string peerId);

    [LoggerMessage(1203, LogLevel.Information, "Peer {PeerId} vanished without closing its socket")]
    public static partial void PeerVanished(ILogger logger, string peerId);

    [LoggerMessage(1204, LogLevel.Warning, "Peer {PeerId} flooded and is closed")]
    public static partial void Flood(ILogger logger, string peerId);

    [LoggerMessage(1205, LogLevel.Warning, "Peer {PeerId} reads too slowly and is cut off")]
    public static partial void SlowReader(ILogger logger, string peerId);

    [LoggerMessage(1206, LogLevel.Warning, "A page of another origin was refused")]
    public static partial void OriginRefused(ILogger logger);
}
