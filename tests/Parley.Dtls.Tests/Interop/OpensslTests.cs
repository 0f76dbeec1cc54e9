using System.Runtime.CompilerServices;
using Parley.Dtls.Wire;

namespace Parley.Dtls.Tests.Interop;

/// <summary>The <c>openssl</c> program in both roles, over loopback UDP.</summary>
public sealed class OpensslTests : IDisposable
{
    private const string Exporter = "EXTRACTOR-dtls_srtp";

    private readonly string _directory = Directory.CreateTempSubdirectory("parley-dtls-").FullName;

    public static TheoryData<string, bool, bool, string[], DtlsCipherSuite> Flavours => new()
    {
        { "as it is", false, false, [], DtlsCipherSuite.EcdheEcdsaAes128GcmSha256 },
        { "RSA at openssl", true, false, [], DtlsCipherSuite.EcdheRsaAes128GcmSha256 },
        { "RSA at ours", false, true, [], DtlsCipherSuite.EcdheEcdsaAes128GcmSha256 },
        { "AES-256 and SHA-384", false, false, ["-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"], DtlsCipherSuite.EcdheEcdsaAes256GcmSha384 },
        { "P-384", true, true, ["-curves", "P-384"], DtlsCipherSuite.EcdheRsaAes128GcmSha256 },
        { "X25519", true, true, ["-groups", "X25519"], DtlsCipherSuite.EcdheRsaAes128GcmSha256 },
        { "X25519, and P-256 for the certificates", false, false, ["-groups", "X25519:P-256"], DtlsCipherSuite.EcdheEcdsaAes128GcmSha256 },
        { "P-256", false, false, ["-groups", "P-256"], DtlsCipherSuite.EcdheEcdsaAes128GcmSha256 },
        { "RSA without PSS", true, true, ["-sigalgs", "RSA+SHA256"], DtlsCipherSuite.EcdheRsaAes128GcmSha256 },
        { "fragments", true, true, ["-mtu", "300"], DtlsCipherSuite.EcdheRsaAes128GcmSha256 },
    };

    [Theory]
    [MemberData(nameof(Flavours))]
    public async Task Server_OpensslConnects_AgreesExportsAndTalks(
        string flavour, bool rsaThere, bool rsaHere, string[] arguments, DtlsCipherSuite suite)
    {
        _ = flavour;
        var theirs = rsaThere ? Certificates.Rsa : Certificates.Bob;
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, theirs, rsaHere));

        // The server's certificate decides the suite, and its preference the SRTP profile: both are ours.
        suite = rsaHere ? DtlsCipherSuite.EcdheRsaAes128GcmSha256
            : suite == DtlsCipherSuite.EcdheRsaAes128GcmSha256 ? DtlsCipherSuite.EcdheEcdsaAes128GcmSha256
            : suite;
        using var openssl = new OpensslProcess([
            "s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}", .. Common(theirs), .. arguments]);

        await Converse(ours, openssl, suite, 0x0007);
        openssl.WriteLine("Q");
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Closed, openssl);
        Assert.Equal(new DtlsEvent(DtlsEventKind.CloseNotify), ours.Events[^1]);
    }

    [Theory]
    [MemberData(nameof(Flavours))]
    public async Task Client_OpensslListens_AgreesExportsAndTalks(
        string flavour, bool rsaThere, bool rsaHere, string[] arguments, DtlsCipherSuite suite)
    {
        _ = flavour;
        var theirs = rsaThere ? Certificates.Rsa : Certificates.Bob;

        // It sends a HelloVerifyRequest first, and asks for our certificate.
        using var openssl = new OpensslProcess([
            "s_server", "-dtls1_2", "-accept", "127.0.0.1:0", "-Verify", "1", .. Common(theirs), .. arguments]);
        var port = int.Parse(await openssl.Expect("ACCEPT 127.0.0.1:"), null);
        using var ours = new UdpEndpoint(Options(DtlsRole.Client, theirs, rsaHere), port);
        ours.Start();

        await Converse(ours, openssl, suite, 0x0001);
        Assert.NotNull(openssl.TryFind("Client certificate"));
        ours.Close();
        await openssl.Expect("DONE");
    }

    [Theory]
    [InlineData("X25519", true, NamedGroup.X25519, "X25519, 253 bits")]
    [InlineData("P-384:P-256:X25519", false, NamedGroup.X25519, "X25519, 253 bits")]
    [InlineData("P-256", false, NamedGroup.Secp256r1, "ECDH, prime256v1, 256 bits")]
    [InlineData("P-384", true, NamedGroup.Secp384r1, "ECDH, secp384r1, 384 bits")]
    internal async Task Server_OpensslOffersGroups_TakesTheOneWePrefer(string groups, bool rsa, NamedGroup group, string key)
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, Certificates.Bob, rsa));
        using var openssl = new OpensslProcess([
            "s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}", "-groups", groups, .. Common(Certificates.Bob)]);
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        Assert.Equal(group, ours.Dtls.Group);
        Assert.Equal(key, await openssl.Expect("Server Temp Key: "));
    }

    [Theory]
    [InlineData("X25519", NamedGroup.X25519)]
    [InlineData("P-256", NamedGroup.Secp256r1)]
    [InlineData("P-384", NamedGroup.Secp384r1)]
    internal async Task Client_OpensslTakesOneGroup_AgreesOnIt(string groups, NamedGroup group)
    {
        using var openssl = new OpensslProcess([
            "s_server", "-dtls1_2", "-accept", "127.0.0.1:0", "-Verify", "1", "-groups", groups, .. Common(Certificates.Rsa)]);
        var port = int.Parse(await openssl.Expect("ACCEPT 127.0.0.1:"), null);
        using var ours = new UdpEndpoint(Options(DtlsRole.Client, Certificates.Rsa, rsaHere: true), port);
        ours.Start();
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        Assert.Equal(group, ours.Dtls.Group);
    }

    [Theory]
    [InlineData("X25519")] // Our certificate is of P-256 (RFC 8422 §5.3).
    [InlineData("X448")]
    [InlineData("P-521")]
    public async Task Server_OpensslOffersNoGroupOfOurs_RefusesIt(string groups)
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, Certificates.Bob, rsaHere: false));
        using var openssl = new OpensslProcess([
            "s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}", "-groups", groups, .. Common(Certificates.Bob)]);
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Failed, openssl);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.NothingInCommon, AlertDescription.HandshakeFailure)], ours.Events);
        await openssl.Expect("handshake failure");
    }

    [Theory]
    [InlineData("RSA+SHA256", "ECDHE-RSA-AES128-GCM-SHA256", true)]
    [InlineData("ECDSA+SHA256:RSA+SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", false)]
    public async Task Server_WithTwoCertificates_PresentsTheOneThatOpensslTakes(string schemes, string cipher, bool rsa)
    {
        // openssl's own certificate is RSA: it can sign with either list.
        var options = Options(DtlsRole.Server, Certificates.Rsa, rsaHere: !rsa) with
        {
            AlternativeCertificates = [rsa ? Certificates.Rsa : Certificates.Alice],
        };
        using var ours = new UdpEndpoint(options);
        using var openssl = new OpensslProcess([
            "s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}",
            .. Common(Certificates.Rsa), "-sigalgs", schemes, "-cipher", cipher]);
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        Assert.Same(rsa ? Certificates.Rsa : Certificates.Alice, ours.Dtls.LocalCertificate);
    }

    [Theory]
    [InlineData("RSA+SHA256", true)]
    [InlineData("ECDSA+SHA256", false)]
    public async Task Client_WithTwoCertificates_PresentsTheOneThatOpensslAsksFor(string schemes, bool rsa)
    {
        using var openssl = new OpensslProcess([
            "s_server", "-dtls1_2", "-accept", "127.0.0.1:0", "-Verify", "1", .. Common(Certificates.Bob), "-client_sigalgs", schemes]);
        var port = int.Parse(await openssl.Expect("ACCEPT 127.0.0.1:"), null);
        var options = Options(DtlsRole.Client, Certificates.Bob, rsaHere: !rsa) with
        {
            AlternativeCertificates = [rsa ? Certificates.Rsa : Certificates.Alice],
        };
        using var ours = new UdpEndpoint(options, port);
        ours.Start();
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        Assert.Same(rsa ? Certificates.Rsa : Certificates.Alice, ours.Dtls.LocalCertificate);
    }

    [Fact]
    public async Task Server_OpensslHasAnotherCertificate_RefusesIt()
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, Certificates.Alice, false));
        using var openssl = new OpensslProcess(["s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}", .. Common(Certificates.Bob)]);

        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Failed, openssl);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.FingerprintMismatch, AlertDescription.BadCertificate)], ours.Events);
        await openssl.Expect("bad certificate");
    }

    [Fact]
    public async Task Server_OpensslSendsNoCertificate_RefusesIt()
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, Certificates.Bob, false));
        using var openssl = new OpensslProcess("s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}");

        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Failed, openssl);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.CertificateMissing, AlertDescription.HandshakeFailure)], ours.Events);
        await openssl.Expect("handshake failure");
    }

    [Fact]
    public async Task Server_OpensslAsksToRenegotiate_RefusesWithAWarning()
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server, Certificates.Bob, false));
        using var openssl = new OpensslProcess(["s_client", "-dtls1_2", "-connect", $"127.0.0.1:{ours.Port}", .. Common(Certificates.Bob)]);
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        await openssl.Expect("Keying material: ");

        openssl.WriteLine("R");
        await ours.RunUntil(() => openssl.TryFind("no renegotiation") is not null, openssl);

        // It is openssl that takes the warning for the end.
        await ours.RunUntil(() => ours.Events.Count == 2, openssl);
        Assert.Equal(new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.PeerAlert, AlertDescription.HandshakeFailure), ours.Events[1]);
    }

    [Fact]
    public async Task Client_OpensslRefusesTheSuites_ReportsItsAlert()
    {
        using var openssl = new OpensslProcess([
            "s_server", "-dtls1_2", "-accept", "127.0.0.1:0", "-cipher", "DHE-RSA-AES128-GCM-SHA256", .. Common(Certificates.Rsa)]);
        var port = int.Parse(await openssl.Expect("ACCEPT 127.0.0.1:"), null);
        using var ours = new UdpEndpoint(Options(DtlsRole.Client, Certificates.Rsa, false), port);
        ours.Start();

        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Failed, openssl);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.PeerAlert, AlertDescription.HandshakeFailure)], ours.Events);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static DtlsOptions Options(DtlsRole role, DtlsCertificate theirs, bool rsaHere) => new()
    {
        Role = role,
        Certificate = rsaHere ? Certificates.Rsa : Certificates.Alice,
        RemoteFingerprints = theirs.Fingerprints,
        SrtpProfiles = [0x0007, 0x0001],
    };

    private static async Task Converse(UdpEndpoint ours, OpensslProcess openssl, DtlsCipherSuite suite, ushort profile)
    {
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Connected, openssl);
        Assert.Equal(suite, ours.Dtls.CipherSuite);
        Assert.Equal(profile, ours.Dtls.SelectedSrtpProfile);
        await ours.RunUntil(() => openssl.TryFind("Keying material: ") is not null, openssl);
        Assert.Equal(
            profile == 7 ? "SRTP_AEAD_AES_128_GCM" : "SRTP_AES128_CM_SHA1_80", openssl.TryFind("SRTP Extension negotiated, profile="));
        var exported = new byte[60];
        ours.Dtls.ExportKeyingMaterial(Exporter, exported);
        Assert.Equal(Convert.ToHexString(exported), openssl.TryFind("Keying material: "));

        openssl.WriteLine("hello from openssl");
        await ours.RunUntil(() => ours.Received.ToString() == "hello from openssl\n", openssl);
        ours.Send("hello from parley\n");
        await ours.RunUntil(() => openssl.TryFind("hello from parley") is not null, openssl);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Connected)], ours.Events);
    }

    private string[] Common(DtlsCertificate certificate, [CallerMemberName] string name = "")
    {
        var path = Path.Combine(_directory, name + ".pem");
        File.WriteAllText(path, certificate.ToPem());
        return
        [
            "-cert", path, "-key", path, "-use_srtp", "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM",
            "-keymatexport", Exporter, "-keymatexportlen", "60",
        ];
    }
}
