using System.Formats.Asn1;
using System.Security.Cryptography;
using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>
/// The public key of the peer's certificate. Trust comes from the fingerprint alone (RFC 8827 §6.5), so nothing else of the
/// certificate is looked at: no chain, no name, no dates.
/// </summary>
internal sealed class PeerPublicKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;

    private PeerPublicKey(ECDsa? ecdsa, RSA? rsa)
    {
        _ecdsa = ecdsa;
        _rsa = rsa;
    }

    public bool IsEcdsa => _ecdsa is not null;

    /// <summary>Takes the key out of a certificate in DER; null when it cannot be parsed or its key is of an unsupported kind.</summary>
    public static PeerPublicKey? TryParse(ReadOnlySpan<byte> certificate)
    {
        try
        {
            return Parse(certificate);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    public bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!scheme.IsSupported || scheme.IsEcdsa != IsEcdsa)
        {
            return false;
        }

        try
        {
            return _ecdsa is not null
                ? _ecdsa.VerifyData(data, signature, scheme.Hash, DSASignatureFormat.Rfc3279DerSequence)
                : _rsa!.VerifyData(data, signature, scheme.Hash, scheme.Padding!);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    // RFC 5280 §4.1: Certificate { TBSCertificate { [0] version, serialNumber, signature, issuer, validity, subject,
    // subjectPublicKeyInfo { algorithm { oid, parameters }, BIT STRING } … } … }
    private static PeerPublicKey? Parse(ReadOnlySpan<byte> certificate)
    {
        var body = Content(certificate);
        var tbs = Content(body);
        if (Asn1Tag.TryDecode(tbs, out var tag, out _) && tag.HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            tbs = Skip(tbs);
        }

        for (var i = 0; i < 5; i++)
        {
            tbs = Skip(tbs);
        }

        var keyInfo = Content(tbs);
        var algorithm = Content(keyInfo);
        var oid = AsnDecoder.ReadObjectIdentifier(algorithm, AsnEncodingRules.DER, out var consumed);
        var parameters = algorithm[consumed..];
        keyInfo = Skip(keyInfo);
        if (!AsnDecoder.TryReadPrimitiveBitString(keyInfo, AsnEncodingRules.DER, out var unused, out var key, out _) || unused != 0)
        {
            return null;
        }

        return oid switch
        {
            "1.2.840.10045.2.1" => ParseEc(AsnDecoder.ReadObjectIdentifier(parameters, AsnEncodingRules.DER, out _), key),
            "1.2.840.113549.1.1.1" => ParseRsa(key),
            _ => null,
        };
    }

    // RFC 5480 §2.1.1: named curves alone; explicit parameters have no place in the Internet's PKI.
    private static PeerPublicKey? ParseEc(string curve, ReadOnlySpan<byte> point)
    {
        (ECCurve Curve, int Size)? named = curve switch
        {
            "1.2.840.10045.3.1.7" => (ECCurve.NamedCurves.nistP256, 32),
            "1.3.132.0.34" => (ECCurve.NamedCurves.nistP384, 48),
            "1.3.132.0.35" => (ECCurve.NamedCurves.nistP521, 66),
            _ => null,
        };
        if (named is not { } known || point.Length != 1 + 2 * known.Size || point[0] != 4)
        {
            return null;
        }

        var q = new ECPoint { X = point.Slice(1, known.Size).ToArray(), Y = point[(1 + known.Size)..].ToArray() };
        return new PeerPublicKey(ECDsa.Create(new ECParameters { Curve = known.Curve, Q = q }), null);
    }

    // Sizes below are weak; sizes above cost the verifier more than a handshake should.
    private static PeerPublicKey? ParseRsa(ReadOnlySpan<byte> key)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportRSAPublicKey(key, out _);
            if (rsa.KeySize is >= 1024 and <= 8192)
            {
                return new PeerPublicKey(null, rsa);
            }
        }
        catch
        {
            rsa.Dispose();
            throw;
        }

        rsa.Dispose();
        return null;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> source)
    {
        AsnDecoder.ReadSequence(source, AsnEncodingRules.DER, out var offset, out var length, out _);
        return source.Slice(offset, length);
    }

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> source)
    {
        AsnDecoder.ReadEncodedValue(source, AsnEncodingRules.DER, out _, out _, out var consumed);
        return source[consumed..];
    }
}
