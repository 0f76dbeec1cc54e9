using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// ClientHello (RFC 6347 §4.2.1): client_version (16 bits), random (32 bytes), session_id&lt;0..32&gt;, cookie&lt;0..255&gt;,
/// cipher_suites&lt;2..2^16-2&gt;, compression_methods&lt;1..255&gt;, extensions.
/// </summary>
internal readonly ref struct ClientHello
{
    public DtlsProtocolVersion Version { get; private init; }

    public ReadOnlySpan<byte> Random { get; private init; }

    public ReadOnlySpan<byte> CipherSuites { get; private init; }

    public ReadOnlySpan<byte> CompressionMethods { get; private init; }

    public HelloExtensions Extensions { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ClientHello hello, out HandshakeParseError error)
    {
        hello = default;
        error = HandshakeParseError.Truncated;
        var reader = new BigEndianReader(body);
        if (!reader.TryReadUInt16(out var version) || !reader.TryReadBytes(32, out var random) || !reader.TryReadVector8(out var session)
            || !reader.TryReadVector8(out _) || !reader.TryReadVector16(out var suites) || !reader.TryReadVector8(out var compression))
        {
            return false;
        }

        if (session.Length > 32 || suites.IsEmpty || suites.Length % 2 != 0 || compression.IsEmpty)
        {
            error = HandshakeParseError.BadVector;
            return false;
        }

        if (!HelloExtensions.TryParse(reader.Rest, out var extensions, out error))
        {
            return false;
        }

        hello = new ClientHello
        {
            Version = (DtlsProtocolVersion)version,
            Random = random,
            CipherSuites = suites,
            CompressionMethods = compression,
            Extensions = extensions,
        };
        return true;
    }
}
