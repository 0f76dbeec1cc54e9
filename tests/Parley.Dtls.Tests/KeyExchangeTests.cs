using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>Which group the key exchange takes, and what becomes of keys that are none (RFC 8422).</summary>
public class KeyExchangeTests
{
    [Fact]
    public void Handshake_BothOurs_IsOnX25519()
    {
        using var pair = new Pair().Connect();
        Assert.Equal(NamedGroup.X25519, pair.Client.Group);
        Assert.Equal(NamedGroup.X25519, pair.Server.Group);
    }

    [Theory]
    [InlineData(new ushort[] { 0x11EC, 23, 29 }, false, NamedGroup.X25519, 32)]
    [InlineData(new ushort[] { 24, 23 }, false, NamedGroup.Secp256r1, 65)]
    [InlineData(new ushort[] { 23 }, false, NamedGroup.Secp256r1, 65)]
    [InlineData(null, false, NamedGroup.Secp256r1, 65)] // RFC 8422 §4: the choice is ours.
    [InlineData(new ushort[] { 29 }, true, NamedGroup.X25519, 32)]
    [InlineData(new ushort[] { 24 }, true, NamedGroup.Secp384r1, 97)]
    internal void Server_HelloWithGroups_SendsAKeyOfTheOneItPrefers(ushort[]? groups, bool rsa, NamedGroup expected, int length)
    {
        using var server = Server(rsa ? Certificates.Rsa : Certificates.Bob);
        var flight = Answer(server, ForeignHelloTests.Hello([], groups, 0));
        var exchange = Message(flight, HandshakeType.ServerKeyExchange);
        Assert.True(ServerKeyExchange.TryParse(exchange.AsSpan(HandshakeHeader.Size), out var parsed, out _));
        Assert.Equal(expected, parsed.Group);
        Assert.Equal(length, parsed.Public.Length);
    }

    /// <summary>RFC 8422 §5.3: the certificate's curve must be one of the client's, as well as the group of the key.</summary>
    [Theory]
    [InlineData(new ushort[] { 29 }, "nistP256", false)]
    [InlineData(new ushort[] { 24 }, "nistP256", false)]
    [InlineData(new ushort[] { 29, 23 }, "nistP256", true)]
    [InlineData(new ushort[] { 29, 23 }, "nistP384", false)]
    [InlineData(new ushort[] { 29, 24 }, "nistP384", true)]
    [InlineData(new ushort[] { 29, 25 }, "nistP521", true)]
    [InlineData(null, "nistP521", true)]
    public void Server_CertificateOfACurve_NeedsAClientThatTakesIt(ushort[]? groups, string curve, bool served)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=curve", key, HashAlgorithmName.SHA256);
        using var x509 = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var certificate = DtlsCertificate.FromX509(x509);
        using var server = Server(certificate);
        Assert.Equal(served ? DtlsState.Connecting : DtlsState.Failed, Received(server, ForeignHelloTests.Hello([], groups, 0)).State);
        if (!served)
        {
            Assert.True(server.TryRead(out var happened));
            Assert.Equal(new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.NothingInCommon, AlertDescription.HandshakeFailure), happened);
        }
    }

    [Fact]
    public void Server_ClientTakesX25519Alone_PresentsItsRsaCertificate()
    {
        using var server = Server(Certificates.Bob, Certificates.Rsa);
        var flight = Answer(server, ForeignHelloTests.Hello([], [29], 0));
        Assert.Equal(DtlsCipherSuite.EcdheRsaAes128GcmSha256, Suite(flight));
    }

    [Theory]
    [InlineData(new byte[] { 0 }, true)]
    [InlineData(new byte[] { 2, 1, 0 }, true)]
    [InlineData(new byte[] { 1, 2 }, false)]
    public void Server_PointFormatsWithoutTheUncompressed_AreIllegal(byte[] formats, bool served)
    {
        using var server = Server(Certificates.Bob);
        Received(server, ForeignHelloTests.Hello([], [29, 23], 0, pointFormats: formats));
        Assert.Equal(served ? DtlsState.Connecting : DtlsState.Failed, server.State);
        if (!served)
        {
            Assert.True(server.TryRead(out var happened));
            Assert.Equal(new DtlsEvent(DtlsEventKind.Failed, DtlsFailure.IllegalParameter, AlertDescription.IllegalParameter), happened);
        }
    }

    /// <summary>
    /// RFC 8422 §5.11: "a receiving party MUST check whether the computed premaster secret is the all-zero value and abort the handshake if
    /// so".
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Server_ClientKeyOfSmallOrder_IsRefused(byte u)
    {
        using var talk = new Talk();
        Assert.Equal(HandshakeFault.Illegal, talk.Run((type, message) =>
        {
            if (type == HandshakeType.ClientKeyExchange)
            {
                message.AsSpan(HandshakeHeader.Size + 1).Clear();
                message[HandshakeHeader.Size + 1] = u;
            }
        }));
        Assert.False(talk.Server.IsComplete);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Client_ServerKeyOfSmallOrder_IsRefused(byte u)
    {
        using var talk = new Talk();
        var signed = false;
        Assert.Equal(HandshakeFault.Illegal, talk.Run((type, message) =>
        {
            if (type == HandshakeType.ServerKeyExchange)
            {
                // Its key replaced, and signed anew by the true key.
                signed = TrySignAnew(talk.Server.Randoms, message, u);
                Assert.True(signed);
            }
        }));
        Assert.True(signed);
        Assert.False(talk.Client.IsComplete);
    }

    [Theory]
    [InlineData(NamedGroup.X25519, 32)]
    [InlineData(NamedGroup.Secp256r1, 65)]
    [InlineData(NamedGroup.Secp384r1, 97)]
    internal void Agree_KeyOfAnotherLength_IsRefused(NamedGroup group, int length)
    {
        using var ours = KeyExchange.Create(group, RandomSource.Seeded(1));
        using var theirs = KeyExchange.Create(group, RandomSource.Seeded(2));
        Assert.Equal(length, ours.Public.Length);
        Assert.Equal(ours.Agree(theirs.Public), theirs.Agree(ours.Public));
        Assert.Null(ours.Agree(theirs.Public[1..]));
        Assert.Null(ours.Agree([.. theirs.Public, 0]));
        Assert.Null(ours.Agree([4, .. theirs.Public]));
        Assert.Null(ours.Agree([]));
    }

    // ECDSA signatures differ in length from one to the next, the message must not.
    private static bool TrySignAnew(byte[] randoms, byte[] message, byte u)
    {
        const int Key = HandshakeHeader.Size + 4;
        var signature = Key + 32 + 4;
        message.AsSpan(Key, 32).Clear();
        message[Key] = u;
        byte[] data = [.. randoms, .. message.AsSpan(HandshakeHeader.Size, 36)];
        var scheme = SignatureScheme.Supported[0];
        Assert.True(scheme.IsEcdsa);
        for (var i = 0; i < 1_000; i++)
        {
            var made = Certificates.Bob.Sign(data, scheme);
            if (made.Length == message.Length - signature)
            {
                made.CopyTo(message, signature);
                return true;
            }
        }

        return false;
    }

    private static DtlsEndpoint Server(DtlsCertificate certificate, params DtlsCertificate[] alternatives) => new(
        new DtlsOptions { Role = DtlsRole.Server, Certificate = certificate, AlternativeCertificates = alternatives, Mtu = 16_000 },
        RandomSource.Seeded(1),
        NullLogger.Instance);

    private static DtlsEndpoint Received(DtlsEndpoint server, byte[] hello)
    {
        server.Receive(ForeignHelloTests.Fragments(hello, 1400).Single(), default);
        return server;
    }

    private static byte[] Answer(DtlsEndpoint server, byte[] hello)
    {
        var datagram = new byte[16_384];
        var length = Received(server, hello).Transmit(datagram, default);
        Assert.NotEqual(0, length);
        return datagram[..length];
    }

    private static byte[] Message(byte[] flight, HandshakeType type)
    {
        for (var offset = 0;
             RecordHeader.TryParse(flight.AsSpan(offset), out var record, out _);
             offset += RecordHeader.Size + record.Length)
        {
            if (record.Type == ContentType.Handshake && flight[offset + RecordHeader.Size] == (byte)type)
            {
                return flight.AsSpan(offset + RecordHeader.Size, record.Length).ToArray();
            }
        }

        Assert.Fail($"no {type}");
        return [];
    }

    private static DtlsCipherSuite Suite(byte[] flight)
    {
        Assert.True(ServerHello.TryParse(Message(flight, HandshakeType.ServerHello).AsSpan(HandshakeHeader.Size), out var hello, out _));
        return hello.CipherSuite;
    }

    /// <summary>Two handshakes without records between them.</summary>
    private sealed class Talk : IDisposable
    {
        public Handshake Client { get; } = new ClientHandshake(
            new DtlsOptions { Role = DtlsRole.Client, Certificate = Certificates.Alice }, RandomSource.Seeded(1));

        public Handshake Server { get; } = new ServerHandshake(
            new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob }, RandomSource.Seeded(2));

        /// <summary>Lets them talk until one finds a fault.</summary>
        public HandshakeFault? Run(Action<HandshakeType, byte[]> change)
        {
            Client.Start();
            var flight = new Flight();
            for (var fromClient = true; (fromClient ? Client : Server).TryTakeFlight(flight); fromClient = !fromClient)
            {
                foreach (var part in flight.Parts.Where(part => part.Type == ContentType.Handshake))
                {
                    var message = part.Message.ToArray();
                    change((HandshakeType)message[0], message);
                    if ((fromClient ? Server : Client).Receive((HandshakeType)message[0], message) is { } fault)
                    {
                        return fault;
                    }
                }
            }

            return null;
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
