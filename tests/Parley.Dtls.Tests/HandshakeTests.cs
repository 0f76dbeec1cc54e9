namespace Parley.Dtls.Tests;

public class HandshakeTests
{
    [Theory]
    [InlineData(false, false, DtlsCipherSuite.EcdheEcdsaAes128GcmSha256)]
    [InlineData(true, false, DtlsCipherSuite.EcdheEcdsaAes128GcmSha256)]
    [InlineData(false, true, DtlsCipherSuite.EcdheRsaAes128GcmSha256)]
    [InlineData(true, true, DtlsCipherSuite.EcdheRsaAes128GcmSha256)]
    public void Handshake_EitherCertificate_ConnectsAndCarriesData(bool rsaClient, bool rsaServer, DtlsCipherSuite suite)
    {
        using var pair = new Pair(
            client => client with { Certificate = rsaClient ? Certificates.Rsa : Certificates.Alice },
            server => server with { Certificate = rsaServer ? Certificates.Rsa : Certificates.Bob }).Connect();

        pair.Send(pair.Client, "from the client"u8);
        pair.Send(pair.Server, "from the server"u8);
        pair.Run();

        Assert.Equal("from the client"u8, Assert.Single(pair.ServerReceived));
        Assert.Equal("from the server"u8, Assert.Single(pair.ClientReceived));
        Assert.Equal(suite, pair.Client.CipherSuite);
        Assert.Equal(suite, pair.Server.CipherSuite);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Connected)], pair.ClientEvents);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Connected)], pair.ServerEvents);
        Assert.Equal(0, pair.Client.Statistics.FlightsRetransmitted + pair.Server.Statistics.FlightsRetransmitted);
    }

    [Fact]
    public void Handshake_Connected_BothExportTheSameKeys()
    {
        using var pair = new Pair().Connect();
        Span<byte> client = stackalloc byte[60];
        Span<byte> server = stackalloc byte[60];

        pair.Client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", client);
        pair.Server.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", server);
        Assert.Equal(client, server);

        pair.Server.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", [], server);
        Assert.False(client.SequenceEqual(server));
        pair.Client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", [], client);
        Assert.Equal(client, server);
    }
}
