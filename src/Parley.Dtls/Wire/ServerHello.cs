using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// ServerHello (RFC 5246 §7.4.1.3): server_version (16 bits), random (32 bytes), session_id&lt;0..32&gt;, cipher_suite (16 bits),
/// compression_method (8 bits), extensions.
/// </summary>
internal readonly ref struct ServerHello
{
    public DtlsProtocolVersion Version { get; private init; }

    public ReadOnlySpan<byte> Random { get; private init; }

    public DtlsCipherSuite CipherSuite { get; private init; }

    public byte CompressionMethod { get; private init; }

    public HelloExtensions Extensions { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ServerHello hello, out HandshakeParseError error)
    {
        hello = default;
        error = HandshakeParseError.Truncated;
        var reader = new BigEndianReader(body);
        if (!reader.TryReadUInt16(out var version) || !reader.TryReadBytes(32, out var random) || !reader.TryReadVector8(out var session)
            || !reader.TryReadUInt16(out var suite) || !reader.TryReadByte(out var compression))
        {
            return false;
        }

        if (session.Length > 32)
        {
            error = HandshakeParseError.BadVector;
            return false;
        }

        if (!HelloExtensions.TryParse(reader.Rest, out var extensions, out error))
        {
            return false;
        }

        hello = new ServerHello
        {
            Version = (DtlsProtocolVersion)version,
            Random = random,
            CipherSuite = (DtlsCipherSuite)suite,
            CompressionMethod = compression,
            Extensions = extensions,
        };
        return true;
    }
}
