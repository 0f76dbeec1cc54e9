namespace Parley.Dtls.Tests;

/// <summary>An endpoint with certificates of several kinds presents the first that the peer takes.</summary>
public class SeveralCertificatesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Endpoint_WhosePeerTakesBoth_PresentsTheFirst(bool rsaFirst)
    {
        var (first, second) = rsaFirst ? (Certificates.Rsa, Certificates.Bob) : (Certificates.Bob, Certificates.Rsa);
        using var pair = new Pair(
            client => client with { RemoteFingerprints = [first.Fingerprints[0], second.Fingerprints[0]] },
            server => server with { Certificate = first, AlternativeCertificates = [second] }).Connect();
        Assert.Equal(first.Der.ToArray(), pair.Client.RemoteCertificate[0].ToArray());
        Assert.Same(first, pair.Server.LocalCertificate);
        Assert.Equal(
            rsaFirst ? DtlsCipherSuite.EcdheRsaAes128GcmSha256 : DtlsCipherSuite.EcdheEcdsaAes128GcmSha256, pair.Server.CipherSuite);
    }
}
