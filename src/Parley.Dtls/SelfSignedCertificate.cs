// It stands outside the protocol core, as the factories that call it: X.509 speaks DateTime, and a serial number is drawn from the
// platform.
#pragma warning disable RS0030
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Parley.Dtls;

/// <summary>
/// Writes a self-signed certificate of an ECDSA key in DER (RFC 5280 §4.1): version 3 without extensions. The framework's own way goes
/// through two more copies of the key and a certificate object of the platform's, which takes four times as long as making and using the
/// key.
/// </summary>
internal static class SelfSignedCertificate
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const int SerialNumberSize = 8;

    // RFC 5280 §4.1.2.5: "through the year 2049 MUST be encoded as UTCTime", later ones as GeneralizedTime.
    private const int LastUtcTimeYear = 2049;

    public static byte[] Write(ECDsa key, ReadOnlySpan<byte> name, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var body = WriteBody(key, name, notBefore, notAfter);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(body);
            WriteSignatureAlgorithm(writer);
            writer.WriteBitString(key.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return writer.Encode();
    }

    private static byte[] WriteBody(ECDsa key, ReadOnlySpan<byte> name, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        // RFC 5280 §4.1.2.2: positive, and of an issuer's never twice; 62 random bits of a key that signs this once.
        Span<byte> serial = stackalloc byte[SerialNumberSize];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteInteger(2);
            }

            writer.WriteInteger(serial);
            WriteSignatureAlgorithm(writer);
            writer.WriteEncodedValue(name);
            using (writer.PushSequence())
            {
                WriteTime(writer, notBefore);
                WriteTime(writer, notAfter);
            }

            writer.WriteEncodedValue(name);
            writer.WriteEncodedValue(key.ExportSubjectPublicKeyInfo());
        }

        return writer.Encode();
    }

    private static void WriteSignatureAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(EcdsaWithSha256);
        }
    }

    private static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        time = time.ToUniversalTime();
        if (time.Year <= LastUtcTimeYear)
        {
            writer.WriteUtcTime(time, LastUtcTimeYear);
        }
        else
        {
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    }
}
