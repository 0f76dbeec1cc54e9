using Microsoft.Extensions.Logging;

namespace Parley.Dtls;

/// <summary>What the room tells operators; ids 400 to 499.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Debug, "DTLS handshake begins as {Role}")]
    public static partial void HandshakeBegins(this ILogger logger, DtlsRole role);

    [LoggerMessage(
        401, LogLevel.Debug,
        "DTLS connected: {Suite}, group {Group}, SRTP profile {SrtpProfile}, extended master secret {ExtendedMasterSecret}")]
    public static partial void Connected(
        this ILogger logger, DtlsCipherSuite suite, Wire.NamedGroup? group, ushort? srtpProfile, bool extendedMasterSecret);

    [LoggerMessage(402, LogLevel.Warning, "DTLS failed: {Failure}, alert {Alert}")]
    public static partial void Failed(this ILogger logger, DtlsFailure failure, AlertDescription? alert);

    [LoggerMessage(403, LogLevel.Debug, "DTLS closed by {Closer}")]
    public static partial void Closed(this ILogger logger, string closer);

    [LoggerMessage(404, LogLevel.Debug, "DTLS flight sent again: {Reason}")]
    public static partial void FlightRepeated(this ILogger logger, string reason);

    [LoggerMessage(405, LogLevel.Debug, "DTLS handshake message {Type} dropped: {Failure}")]
    public static partial void MessageDropped(this ILogger logger, Wire.HandshakeType type, DtlsFailure failure);

    [LoggerMessage(406, LogLevel.Debug, "DTLS handshake done; the remote fingerprints are still to come")]
    public static partial void AwaitsFingerprints(this ILogger logger);

    [LoggerMessage(407, LogLevel.Error, "DTLS: the platform's cryptography failed")]
    public static partial void CryptographyFailed(this ILogger logger, Exception exception);
}
