using Microsoft.Extensions.Logging;

namespace Parley.Transport;

/// <summary>What a transport says to its operator. Addresses and credentials stay out of it.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1008, LogLevel.Warning, "DTLS failed: {Reason}.")]
    public static partial void DtlsFailed(ILogger logger, string reason);

    [LoggerMessage(1011, LogLevel.Information, "DTLS connected: {Version}, cipher suite {CipherSuite}, SRTP profile {SrtpProfile}.")]
    public static partial void DtlsConnected(ILogger logger, string version, string cipherSuite, string srtpProfile);
}
