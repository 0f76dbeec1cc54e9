using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// CertificateRequest (RFC 5246 §7.4.4): certificate_types&lt;1..2^8-1&gt;, supported_signature_algorithms&lt;2..2^16-2&gt;,
/// certificate_authorities&lt;0..2^16-1&gt;.
/// </summary>
internal readonly ref struct CertificateRequest
{
    /// <summary>ClientCertificateType rsa_sign.</summary>
    public const byte RsaSign = 1;

    /// <summary>ClientCertificateType ecdsa_sign (RFC 8422 §5.5).</summary>
    public const byte EcdsaSign = 64;

    public ReadOnlySpan<byte> SignatureAlgorithms { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out CertificateRequest request, out HandshakeParseError error)
    {
        request = default;
        error = HandshakeParseError.Truncated;
        var reader = new BigEndianReader(body);
        if (!reader.TryReadVector8(out _) || !reader.TryReadVector16(out var algorithms) || !reader.TryReadVector16(out _))
        {
            return false;
        }

        if (reader.Remaining != 0)
        {
            error = HandshakeParseError.TrailingBytes;
            return false;
        }

        if (algorithms.Length % 2 != 0)
        {
            error = HandshakeParseError.BadVector;
            return false;
        }

        error = HandshakeParseError.None;
        request = new CertificateRequest { SignatureAlgorithms = algorithms };
        return true;
    }

    public static void Write(MessageWriter writer)
    {
        writer.WriteByte(2);
        writer.WriteByte(EcdsaSign);
        writer.WriteByte(RsaSign);
        HelloWriter.WriteSignatureAlgorithms(writer);
        writer.WriteUInt16(0);
    }
}
