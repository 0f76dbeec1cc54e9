using Microsoft.Extensions.Logging;

namespace Parley.Srtp;

/// <summary>What an operator should hear of; each is said once per context.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 500, Level = LogLevel.Warning, Message = "SRTP: {Count} sources are known; packets of further ones are dropped")]
    public static partial void SourceLimitReached(ILogger logger, int count);

    [LoggerMessage(
        EventId = 501, Level = LogLevel.Error,
        Message = "SRTP: the key has protected as many packets as it may; a new handshake is needed")]
    public static partial void KeyExhausted(ILogger logger);
}
