using Microsoft.Extensions.Logging;

namespace Parley;

/// <summary>What a connection says to its operator. Addresses and credentials stay out of it.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1000, LogLevel.Error, "An event handler threw.")]
    public static partial void HandlerFailed(ILogger logger, Exception error);

    [LoggerMessage(1001, LogLevel.Error, "A queued task failed.")]
    public static partial void TaskFailed(ILogger logger, Exception error);

    [LoggerMessage(1002, LogLevel.Information, "Connection state: {State}.")]
    public static partial void ConnectionStateChanged(ILogger logger, PeerConnectionState state);

    [LoggerMessage(1003, LogLevel.Information, "ICE connection state: {State}.")]
    public static partial void IceStateChanged(ILogger logger, IceConnectionState state);

    [LoggerMessage(1004, LogLevel.Debug, "Signaling state: {State}.")]
    public static partial void SignalingStateChanged(ILogger logger, SignalingState state);

    [LoggerMessage(1005, LogLevel.Warning, "The {Side} {Type} was refused: {Reason}")]
    public static partial void DescriptionRefused(ILogger logger, string side, SdpType type, string reason);

    [LoggerMessage(
        1006, LogLevel.Error,
        "The transport loop failed and the connection is closed. This is a defect of Parley, whatever the peer sent: please report it.")]
    public static partial void LoopFailed(ILogger logger, Exception error);

    [LoggerMessage(1007, LogLevel.Warning, "A {Kind} address could not be bound: {Error}.")]
    public static partial void BindFailed(ILogger logger, string kind, string error);

    [LoggerMessage(1010, LogLevel.Debug, "A remote candidate was not usable: {Reason}.")]
    public static partial void CandidateIgnored(ILogger logger, string reason);

    [LoggerMessage(1013, LogLevel.Error, "The loop of a shared port failed; what it had received is lost.")]
    public static partial void PortFailed(ILogger logger, Exception error);

    [LoggerMessage(1012, LogLevel.Warning, "Sound cannot be encoded to a negotiated format: {Reason}")]
    public static partial void EncoderMissing(ILogger logger, string reason);

    [LoggerMessage(
        1020, LogLevel.Information,
        "Section {Section} of the answer has the feedback '{Type} {Parameter}', which was not offered: it is ignored.")]
    public static partial void FeedbackNotOffered(ILogger logger, int section, string type, string parameter);

    [LoggerMessage(1021, LogLevel.Trace, "Setting a description: {Step}.")]
    public static partial void DescriptionStep(ILogger logger, string step);
}
