using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Dtls.Tests;

public class CertificateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pem_OfACertificate_RoundTrips(bool rsa)
    {
        var certificate = rsa ? Certificates.Rsa : Certificates.Alice;
        using var copy = DtlsCertificate.FromPem(certificate.ToPem());
        Assert.Equal(certificate.Der.Span, copy.Der.Span);
        Assert.Equal(certificate.Expires, copy.Expires);

        // The key came along: its holder can prove it.
        using var pair = new Pair(
            client => client with { Certificate = copy },
            server => server with { RemoteFingerprints = certificate.Fingerprints }).Connect();
    }

    [Fact]
    public void Create_WithAClock_CountsTheLifetimeFromIt()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(2) }, clock);
        Assert.Equal(new DateTimeOffset(2030, 1, 3, 0, 0, 0, TimeSpan.Zero), certificate.Expires);
    }

    [Fact]
    public void Create_LifetimeOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromTicks(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(366) }));
    }

    [Theory]
    [InlineData(2030)]
    [InlineData(2049)]
    [InlineData(2050)]
    public void Create_OfAnEcdsaKey_IsACertificateThatThePlatformReadsAndVerifies(int year)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(year, 12, 31, 23, 59, 59, TimeSpan.Zero));
        using var certificate = DtlsCertificate.Create(new DtlsCertificateOptions { CommonName = "Zoë, of two, \"quoted\"" }, clock);
        using var read = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
        Assert.Equal(3, read.Version);
        Assert.Equal(read.SubjectName.RawData, read.IssuerName.RawData);
        Assert.Equal("Zoë, of two, \"quoted\"", read.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        Assert.Equal(clock.GetUtcNow() - TimeSpan.FromDays(1), new DateTimeOffset(read.NotBefore.ToUniversalTime()));
        Assert.Equal(certificate.Expires, new DateTimeOffset(read.NotAfter.ToUniversalTime()));

        // It is its own root: the chain is whole only if its signature is by its own key.
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = clock.GetUtcNow().UtcDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(read);
        Assert.True(chain.Build(read), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        using var key = read.GetECDsaPublicKey()!;
        Assert.Equal("1.2.840.10045.4.3.2", read.SignatureAlgorithm.Value);
        Assert.True(
            key.VerifyData(
                BodyOf(certificate.Der.Span),
                SignatureOf(certificate.Der.Span),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public void Create_Twice_MakesTwoKeysAndTwoSerialNumbers()
    {
        using var one = DtlsCertificate.Create();
        using var other = DtlsCertificate.Create();
        using var first = X509CertificateLoader.LoadCertificate(one.Der.Span);
        using var second = X509CertificateLoader.LoadCertificate(other.Der.Span);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.NotEqual(first.GetPublicKey(), second.GetPublicKey());
    }

    private static ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> certificate)
    {
        AsnDecoder.ReadSequence(certificate, AsnEncodingRules.DER, out var offset, out _, out _);
        AsnDecoder.ReadEncodedValue(certificate[offset..], AsnEncodingRules.DER, out _, out _, out var length);
        return certificate.Slice(offset, length);
    }

    private static byte[] SignatureOf(ReadOnlySpan<byte> certificate)
    {
        var reader = new AsnReader(certificate.ToArray(), AsnEncodingRules.DER).ReadSequence();
        reader.ReadEncodedValue();
        reader.ReadEncodedValue();
        return reader.ReadBitString(out _);
    }
}
