using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// A digitally-signed element (RFC 5246 §4.7): algorithm (16 bits), signature&lt;0..2^16-1&gt;. It is the whole of CertificateVerify and
/// the end of ServerKeyExchange.
/// </summary>
internal readonly ref struct DigitalSignature
{
    public SignatureScheme Scheme { get; private init; }

    public ReadOnlySpan<byte> Value { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> source, out DigitalSignature signature, out HandshakeParseError error)
    {
        signature = default;
        var reader = new BigEndianReader(source);
        if (!reader.TryReadUInt16(out var scheme) || !reader.TryReadVector16(out var value))
        {
            error = HandshakeParseError.Truncated;
            return false;
        }

        if (reader.Remaining != 0)
        {
            error = HandshakeParseError.TrailingBytes;
            return false;
        }

        error = HandshakeParseError.None;
        signature = new DigitalSignature { Scheme = new SignatureScheme(scheme), Value = value };
        return true;
    }
}
