using Microsoft.Extensions.Logging;

namespace Parley.Signaling;

/// <summary>The log of the client and of negotiation; ids 1100 to 1199.</summary>
internal static partial class SignalingLog
{
    [LoggerMessage(1101, LogLevel.Information, "Joined as {PeerId}")]
    public static partial void Joined(ILogger logger, string peerId);

    [LoggerMessage(1102, LogLevel.Warning, "Peer {PeerId} lost its connection to the server")]
    public static partial void Lost(ILogger logger, string peerId);

    [LoggerMessage(1103, LogLevel.Debug, "A message of {Bytes} bytes is not of this protocol")]
    public static partial void Unreadable(ILogger logger, int bytes);

    [LoggerMessage(1104, LogLevel.Warning, "The server answers with the error {Code}")]
    public static partial void ServerError(ILogger logger, string code);

    [LoggerMessage(1105, LogLevel.Debug, "Offers crossed; polite: {Polite}")]
    public static partial void OffersCrossed(ILogger logger, bool polite);

    [LoggerMessage(1106, LogLevel.Warning, "Negotiation failed")]
    public static partial void NegotiationFailed(ILogger logger, Exception exception);

    [LoggerMessage(1107, LogLevel.Error, "An event handler threw")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        1111, LogLevel.Error, "The client failed and has left. This is a defect of Parley, whatever the server sent: please report it")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(1108, LogLevel.Information, "Peer {PeerId} is connected to the server again; its session was resumed: {Resumed}")]
    public static partial void Reconnected(ILogger logger, string peerId, bool resumed);

    [LoggerMessage(1109, LogLevel.Debug, "An attempt to reach the server again failed: {Reason}")]
    public static partial void ReconnectFailed(ILogger logger, string reason);

    [LoggerMessage(1110, LogLevel.Information, "ICE is restarted, since the connection is {State}")]
    public static partial void RestartingIce(ILogger logger, PeerConnectionState state);
}
