using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>What a handshake must prove: possession of the certificate's key, and that both saw the same messages.</summary>
public class ProofTests
{
    [Theory]
    [InlineData(HandshakeType.ServerKeyExchange, false)]
    [InlineData(HandshakeType.CertificateVerify, true)]
    internal void Signature_NotByTheCertificatesKey_FailsWithDecryptError(HandshakeType type, bool toServer)
    {
        using var pair = new Pair();
        pair.Route = (_, _, datagram) => [(Forge(datagram, type), pair.Delay)];
        pair.Client.Start(pair.Now);
        pair.Run();

        var refused = new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.BadSignature, AlertDescription.DecryptError);
        Assert.Equal([refused], toServer ? pair.ServerEvents : pair.ClientEvents);
    }

    [Fact]
    public void Hello_StrippedOfTheExtendedMasterSecret_Fails()
    {
        using var pair = new Pair();
        pair.Route = (toServer, number, datagram) =>
        {
            // The extension's number becomes one that nobody knows.
            var at = datagram.AsSpan().IndexOf(new byte[] { 0x00, 0x17, 0x00, 0x00 });
            if (toServer && number == 0)
            {
                Assert.NotEqual(-1, at);
                datagram[at] = 0x3A;
            }

            return [(datagram, pair.Delay)];
        };
        pair.Client.Start(pair.Now);
        pair.Run();

        // What the client signed is not what the server saw.
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.BadSignature, AlertDescription.DecryptError)], pair.ServerEvents);
        Assert.Equal(DtlsState.Failed, pair.Client.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Finished_OfAnotherTranscript_Fails(bool toServer)
    {
        using Handshake client = new ClientHandshake(
            new DtlsOptions { Role = DtlsRole.Client, Certificate = Certificates.Alice }, RandomSource.Seeded(1));
        using Handshake server = new ServerHandshake(
            new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob }, RandomSource.Seeded(2));
        client.Start();
        var flight = new Flight();
        HandshakeFault? fault = null;
        for (var fromClient = true; fault is null && (fromClient ? client : server).TryTakeFlight(flight); fromClient = !fromClient)
        {
            foreach (var part in flight.Parts.Where(part => part.Type == ContentType.Handshake))
            {
                var type = (HandshakeType)part.Message[0];
                var message = part.Message.ToArray();
                message[^1] ^= (byte)(type == HandshakeType.Finished && fromClient == toServer ? 1 : 0);
                fault = (fromClient ? server : client).Receive(type, message);
            }
        }

        Assert.Equal(new HandshakeFault(DtlsFailure.BadFinished, AlertDescription.DecryptError), fault);
        Assert.False((toServer ? server : client).IsComplete);
    }

    // Changes the last byte of the message's signature; each message is a record of its own here.
    private static byte[] Forge(byte[] datagram, HandshakeType type)
    {
        for (var offset = 0;
             RecordHeader.TryParse(datagram.AsSpan(offset), out var record, out _);
             offset += RecordHeader.Size + record.Length)
        {
            if (record.Epoch == 0 && record.Type == ContentType.Handshake && datagram[offset + RecordHeader.Size] == (byte)type)
            {
                datagram[offset + RecordHeader.Size + record.Length - 1] ^= 1;
            }
        }

        return datagram;
    }
}
