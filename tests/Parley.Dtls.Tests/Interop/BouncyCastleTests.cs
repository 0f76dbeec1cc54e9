namespace Parley.Dtls.Tests.Interop;

/// <summary>BouncyCastle in both roles, over loopback UDP.</summary>
public class BouncyCastleTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 2000)]
    [InlineData(false, 14000)]
    public async Task Server_BouncyCastleConnects_AgreesExportsAndTalks(bool withoutExtendedMasterSecret, int helloPadding)
    {
        using var ours = new UdpEndpoint(Options(DtlsRole.Server));
        using var peer = new BouncyCastlePeer(Certificates.Bob, ours.Port)
        {
            WithoutExtendedMasterSecret = withoutExtendedMasterSecret,
            HelloPadding = helloPadding,
        };
        var heard = peer.Connect("hello from bouncycastle");
        await Converse(ours, peer, heard);
        if (helloPadding > 0)
        {
            Assert.InRange(ours.DatagramsReceived.TakeWhile(size => size > 1000).Count(), 1 + helloPadding / 1200, 100);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_BouncyCastleListens_AgreesExportsAndTalks(bool withoutExtendedMasterSecret)
    {
        using var peer = new BouncyCastlePeer(Certificates.Bob) { WithoutExtendedMasterSecret = withoutExtendedMasterSecret };
        var heard = peer.Accept("hello from bouncycastle");
        using var ours = new UdpEndpoint(Options(DtlsRole.Client), peer.Port);
        ours.Start();
        await Converse(ours, peer, heard);
    }

    private static DtlsOptions Options(DtlsRole role) => new()
    {
        Role = role,
        Certificate = Certificates.Alice,
        RemoteFingerprints = Certificates.Bob.Fingerprints,
        SrtpProfiles = [0x0007, 0x0001],
    };

    private static async Task Converse(UdpEndpoint ours, BouncyCastlePeer peer, Task<string> heard)
    {
        await ours.RunUntil(() => heard.IsFaulted || ours.Received.ToString() == "hello from bouncycastle");
        if (heard.IsFaulted)
        {
            await heard;
        }

        Assert.Equal(DtlsCipherSuite.EcdheEcdsaAes128GcmSha256, ours.Dtls.CipherSuite);
        Assert.Equal((ushort)0x0007, ours.Dtls.SelectedSrtpProfile);
        Assert.Equal(0x0007, peer.SrtpProfile);
        Assert.Equal(Certificates.Alice.Der.ToArray(), peer.RemoteCertificate);
        var exported = new byte[peer.Exported.Length];
        Assert.Equal(peer.WithoutExtendedMasterSecret ? 0 : 60, exported.Length);
        ours.Dtls.ExportKeyingMaterial(BouncyCastlePeer.Exporter, exported);
        Assert.Equal(peer.Exported, exported);

        ours.Send("hello from parley");
        await ours.RunUntil(() => ours.Dtls.State == DtlsState.Closed);
        Assert.Equal("hello from parley", await heard);
    }
}
