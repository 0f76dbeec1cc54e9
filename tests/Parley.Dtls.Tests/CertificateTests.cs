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
        using var pair = new Pair(client => client with { Certificate = copy }, server => server with { RemoteFingerprints = certificate.Fingerprints }).Connect();
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
        Assert.Throws<ArgumentOutOfRangeException>(() => DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromTicks(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(366) }));
    }
}
