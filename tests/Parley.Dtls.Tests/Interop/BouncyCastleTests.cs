using Parley.Dtls.Wire;

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

    [Theory]
    [InlineData(NamedGroup.X25519)]
    [InlineData(NamedGroup.Secp256r1)]
    [InlineData(NamedGroup.Secp384r1)]
    internal async Task EitherRole_BouncyCastleHasOneGroup_AgreesOnIt(NamedGroup group)
    {
        using var server = new UdpEndpoint(Options(DtlsRole.Server));
        using var connecting = new BouncyCastlePeer(Certificates.Bob, server.Port) { Group = (int)group };
        await Converse(server, connecting, connecting.Connect("hello from bouncycastle"));

        // Of secp384r1 and secp256r1, which its certificate needs, we prefer the latter.
        Assert.Equal(group == NamedGroup.X25519 ? group : NamedGroup.Secp256r1, server.Dtls.Group);

        using var listening = new BouncyCastlePeer(Certificates.Bob) { Group = (int)group };
        var heard = listening.Accept("hello from bouncycastle");
        using var client = new UdpEndpoint(Options(DtlsRole.Client), listening.Port);
        client.Start();
        await Converse(client, listening, heard);
        Assert.Equal(group, client.Dtls.Group);
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
