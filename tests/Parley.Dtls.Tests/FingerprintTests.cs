namespace Parley.Dtls.Tests;

public class FingerprintTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_CertificateDoesNotMatch_FailsBothWithBadCertificate(bool atClient)
    {
        using var pair = new Pair(
            client => atClient ? client with { RemoteFingerprints = Certificates.Rsa.Fingerprints } : client,
            server => atClient ? server : server with { RemoteFingerprints = Certificates.Rsa.Fingerprints });
        pair.Client.Start(pair.Now);
        pair.Run();

        var failed = new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.FingerprintMismatch, AlertDescription.BadCertificate);
        var told = new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.PeerAlert, AlertDescription.BadCertificate);
        Assert.Equal([atClient ? failed : told], pair.ClientEvents);
        Assert.Equal([atClient ? told : failed], pair.ServerEvents);
        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Equal(DtlsState.Failed, pair.Server.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_FingerprintsComeLate_ConnectsWhenTheyCome(bool atClient)
    {
        using var pair = new Pair(
            client => atClient ? client with { RemoteFingerprints = Pair.Unknown } : client,
            server => atClient ? server : server with { RemoteFingerprints = Pair.Unknown });
        var (late, other, certificate) = atClient
            ? (pair.Client, pair.Server, Certificates.Bob)
            : (pair.Server, pair.Client, Certificates.Alice);
        pair.Client.Start(pair.Now);
        pair.Run();
        Assert.Equal(DtlsState.Connected, other.State);
        Assert.Equal(DtlsState.Connecting, late.State);
        Assert.Equal(0, late.Protect("x"u8, new byte[100]));
        Assert.Throws<InvalidOperationException>(() => late.ExportKeyingMaterial("x", new byte[10]));

        // What comes before the peer is known is not believed.
        pair.Send(other, "too early"u8);
        pair.Run();
        Assert.Empty(pair.ClientReceived.Concat(pair.ServerReceived));

        late.SetRemoteFingerprints(certificate.Fingerprints);
        Assert.Equal(DtlsState.Connected, late.State);
        pair.Send(other, "in time"u8);
        pair.Run();
        Assert.Single(pair.ClientReceived.Concat(pair.ServerReceived));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_LateFingerprintsDoNotMatch_FailsBoth(bool atClient)
    {
        using var pair = new Pair(
            client => atClient ? client with { RemoteFingerprints = Pair.Unknown } : client,
            server => atClient ? server : server with { RemoteFingerprints = Pair.Unknown });
        pair.Client.Start(pair.Now);
        pair.Run();
        (atClient ? pair.Client : pair.Server).SetRemoteFingerprints(Certificates.Rsa.Fingerprints);
        pair.Run();

        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Equal(DtlsState.Failed, pair.Server.State);
        Assert.Equal(AlertDescription.BadCertificate, pair.ClientEvents[^1].Alert);
        Assert.Equal(AlertDescription.BadCertificate, pair.ServerEvents[^1].Alert);
    }

    [Fact]
    public void Match_SeveralHashFunctions_TheStrongestDecides()
    {
        var der = Certificates.Alice.Der.Span;
        var right256 = CertificateFingerprint.Of(der);
        var right512 = CertificateFingerprint.Of(der, "sha-512");
        var wrong256 = CertificateFingerprint.Of(Certificates.Bob.Der.Span);
        var wrong512 = CertificateFingerprint.Of(Certificates.Bob.Der.Span, "sha-512");
        var sha1 = new CertificateFingerprint("sha-1", System.Security.Cryptography.SHA1.HashData(der));

        Assert.True(CertificateFingerprint.AnyMatches([right256], der));
        Assert.True(CertificateFingerprint.AnyMatches([wrong256, right256], der));
        Assert.True(CertificateFingerprint.AnyMatches([wrong256, right512], der));
        Assert.True(CertificateFingerprint.AnyMatches([right256 with { HashFunction = "SHA-256" }], der));
        Assert.False(CertificateFingerprint.AnyMatches([right256, wrong512], der));
        Assert.False(CertificateFingerprint.AnyMatches([wrong256], der));
        Assert.False(CertificateFingerprint.AnyMatches([sha1], der));
        Assert.False(CertificateFingerprint.AnyMatches([], der));
    }

    [Fact]
    public void Text_OfAFingerprint_RoundTrips()
    {
        var fingerprint = Certificates.Alice.Fingerprints[0];
        Assert.StartsWith("sha-256 ", fingerprint.ToString(), StringComparison.Ordinal);
        Assert.Equal("sha-256 ".Length + 95, fingerprint.ToString().Length);
        Assert.True(CertificateFingerprint.TryParse(fingerprint.ToString(), out var parsed));
        Assert.Equal(fingerprint, parsed);
        Assert.Equal(fingerprint.GetHashCode(), parsed!.GetHashCode());
        Assert.True(CertificateFingerprint.TryParse(fingerprint.ToString().ToLowerInvariant(), out parsed));
        Assert.Equal(fingerprint, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256 ")]
    [InlineData("sha-256 1")]
    [InlineData("sha-256 12:3")]
    [InlineData("sha-256 12-34")]
    [InlineData("sha-256 12:ZZ")]
    [InlineData("sha-256 12:34:")]
    public void Text_ThatIsNone_IsRefused(string text) => Assert.False(CertificateFingerprint.TryParse(text, out _));
}
