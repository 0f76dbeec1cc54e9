using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Dtls;
using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Configuration;

/// <summary>generateCertificate and what a connection does with certificates (webrtc-pc §4.9).</summary>
public class CertificateTests
{
    [Fact]
    public void Generate_BothMandatoryAlgorithms_GiveCertificatesOfThirtyDays()
    {
        var simulator = new Simulator(1);
        var platform = simulator.AddHost("a").Platform;
        simulator.Run(
            async () =>
            {
                foreach (var algorithm in (KeygenAlgorithm[])
                [
                    KeygenAlgorithm.EcdsaP256, KeygenAlgorithm.Rsa2048, new("ecdsa") { NamedCurve = "P-256" },
                ])
                {
                    using var certificate = await PeerConnection.GenerateCertificateAsync(algorithm, platform);
                    Assert.Equal(simulator.TimeProvider.GetUtcNow() + TimeSpan.FromDays(30), certificate.Expires);
                    Assert.Matches("^([0-9a-f]{2}:){31}[0-9a-f]{2}$", certificate.GetFingerprints()[0].Value);
                    Assert.Equal("sha-256", certificate.GetFingerprints()[0].Algorithm);
                }
            },
            TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2000, 2000)]
    [InlineData(31_536_000_001, 31_536_000_000)]
    [InlineData(long.MaxValue, 31_536_000_000)]
    public async Task Generate_WithExpires_CapsItAtAYear(long expires, long lifetime)
    {
        var platform = new Simulator(1).AddHost("a").Platform;
        using var certificate = await PeerConnection.GenerateCertificateAsync(
            KeygenAlgorithm.EcdsaP256 with { Expires = expires }, platform);
        Assert.Equal(platform.TimeProvider.GetUtcNow() + TimeSpan.FromMilliseconds(lifetime), certificate.Expires);
    }

    [Fact]
    public async Task Generate_WhatIsNotSupportedOrIncomplete_IsRefused()
    {
        const string name = RtcErrorNames.NotSupportedError;
        await Refused.WithAsync(name, () => PeerConnection.GenerateCertificateAsync("invalid-algo"));
        await Refused.WithAsync(name, () => PeerConnection.GenerateCertificateAsync(new KeygenAlgorithm("AES-GCM")));
        await Refused.WithAsync(
            name, () => PeerConnection.GenerateCertificateAsync(KeygenAlgorithm.EcdsaP256 with { NamedCurve = "P-999" }));
        await Refused.WithAsync(name, () => PeerConnection.GenerateCertificateAsync(KeygenAlgorithm.Rsa2048 with { ModulusLength = 512 }));
        await Refused.WithAsync(name, () => PeerConnection.GenerateCertificateAsync(KeygenAlgorithm.Rsa2048 with { Hash = "SHA-1" }));
        await Refused.WithAsync(
            name, () => PeerConnection.GenerateCertificateAsync(KeygenAlgorithm.Rsa2048 with { PublicExponent = new byte[] { 3 } }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => PeerConnection.GenerateCertificateAsync("ECDSA"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            PeerConnection.GenerateCertificateAsync(KeygenAlgorithm.EcdsaP256 with { Expires = -1 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            PeerConnection.GenerateCertificateAsync(new KeygenAlgorithm("RSASSA-PKCS1-v1_5") { Hash = "SHA-256" }));
    }

    [Fact]
    public void Constructor_ShortLivedCertificate_IsTakenUntilItExpires()
    {
        var simulator = new Simulator(1);
        var platform = simulator.AddHost("a").Platform;
        var configuration = new PeerConnectionConfiguration
        {
            Certificates =
                [DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromMilliseconds(300) }, platform.TimeProvider)],
        };
        new PeerConnection(configuration, platform).Close();
        simulator.RunFor(TimeSpan.FromMilliseconds(301));
        Refused.With(RtcErrorNames.InvalidAccessError, () => new PeerConnection(configuration, platform));
    }

    [Fact]
    public void Certificates_RsaFromPem_ConnectAndAreTheOnesSignaled()
    {
        using var made = DtlsCertificate.Create(
            new DtlsCertificateOptions { KeyAlgorithm = DtlsKeyAlgorithm.Rsa2048, Lifetime = TimeSpan.FromDays(300) });
        using var rsa = DtlsCertificate.FromPem(made.ToCertificatePem(), made.ToPrivateKeyPem());
        Connect([rsa], (alice, bob) =>
        {
            Assert.Contains($"a=fingerprint:{rsa.Fingerprints[0]}\r\n", alice.LocalDescription!.Sdp);
            Assert.Equal(rsa.Der.ToArray(), bob.GetReceivers()[0].Transport!.GetRemoteCertificates()[0]);
        });
    }

    [Fact]
    public void Certificates_Several_AreAllSignaledAndTheFirstIsUsedWhereThePeerTakesIt()
    {
        using var rsa = DtlsCertificate.Create(
            new DtlsCertificateOptions { KeyAlgorithm = DtlsKeyAlgorithm.Rsa2048, Lifetime = TimeSpan.FromDays(300) });
        Connect([rsa, TestCertificates.Alice], (alice, bob) =>
        {
            Assert.Contains($"a=fingerprint:{rsa.Fingerprints[0]}\r\n", alice.LocalDescription!.Sdp);
            Assert.Contains($"a=fingerprint:{TestCertificates.Alice.Fingerprints[0]}\r\n", alice.LocalDescription!.Sdp);
            Assert.Equal(rsa.Der.ToArray(), bob.GetReceivers()[0].Transport!.GetRemoteCertificates()[0]);
        });
    }

    [Theory]
    [InlineData("ecdsa", "SHA256", "sha-256")]
    [InlineData("rsa", "SHA256", "sha-256")]
    [InlineData("ecdsa", "SHA384", "sha-256, sha-384")]
    [InlineData("rsa", "SHA512", "sha-256, sha-512")]
    public void GetFingerprints_AreThoseOfTheDescription(string key, string hash, string expected)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var name = new HashAlgorithmName(hash);
        var request = key == "rsa"
            ? new CertificateRequest("CN=a", rsa, name, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=a", ecdsa, name);
        using var x509 = request.CreateSelfSigned(
            new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = DtlsCertificate.FromX509(x509);
        Connect([certificate, TestCertificates.Bob], (alice, bob) =>
        {
            var lines = alice.LocalDescription!.Sdp.Split("\r\n").Where(line => line.StartsWith("a=fingerprint:", StringComparison.Ordinal))
                .Distinct().ToArray();
            DtlsFingerprint[] told = [.. certificate.GetFingerprints(), .. TestCertificates.Bob.GetFingerprints()];
            Assert.Equal(
                told.Select(fingerprint => $"a=fingerprint:{fingerprint.Algorithm} {fingerprint.Value.ToUpperInvariant()}"), lines);
            Assert.Equal(expected, string.Join(", ", certificate.GetFingerprints().Select(fingerprint => fingerprint.Algorithm)));
            Assert.Single(TestCertificates.Bob.GetFingerprints());
        });
    }

    private static void Connect(DtlsCertificate[] certificates, Action<PeerConnection, PeerConnection> check)
    {
        var pair = new Pair();
        var alice = new PeerConnection(new PeerConnectionConfiguration { Certificates = certificates }, pair.AliceHost.Platform, pair.Log);
        pair.Run(async () =>
        {
            alice.AddTransceiver(MediaKind.Audio);
            await alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(alice);
            await pair.Bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await Pair.UntilAsync(pair.Bob, () => pair.Bob.ConnectionState == PeerConnectionState.Connected);
            check(alice, pair.Bob);
            await alice.DisposeAsync();
        });
    }
}
