using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>Hellos and certificates of many fragments, however they come: nothing is decided before all of it is there.</summary>
public class FragmentedHelloTests
{
    private const int MaxDatagram = 1400;

    [Fact]
    public void Hello_InAnyFragmentsOrderAndRepetition_IsAnsweredOnceItIsWhole()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = RandomSource.Seeded(seed);

            // From a classic key share to several post-quantum ones; groups that nobody knows before those that we do.
            var hello = ForeignHelloTests.Hello([0xFEFC, 0xFEFD], [0x4A4A, 0x11EC, 0x0202, 29, 24, 23], 1000 + random.Next(7000));
            using var server = Server();
            var missing = Enumerable.Range(0, hello.Length - HandshakeHeader.Size).ToHashSet();
            for (ulong number = 0; missing.Count > 0;)
            {
                Assert.Equal(0, server.Transmit(new byte[MaxDatagram], default));
                Assert.False(server.TryRead(out _));
                Assert.InRange(server.BufferedBytes, 0, hello.Length);
                server.Receive(Datagram(hello, random, ref number, missing), default);
            }

            ExpectServerHello(server);
        }
    }

    [Fact]
    public void Hello_SentAnewInOtherFragmentsBeforeTheFirstIsWhole_IsPutTogetherFromBoth()
    {
        var hello = ForeignHelloTests.Hello([0xFEFC, 0xFEFD], [0x11EC, 29, 23], 3000);
        var first = ForeignHelloTests.Fragments(hello, 1200).ToList();
        var again = ForeignHelloTests.Fragments(hello, 700).ToList();
        using var server = Server();

        // The middle of the first flight is lost, the beginning and the end of the second.
        server.Receive(first[0], default);
        server.Receive(first[^1], default);
        for (var i = 1; i < again.Count - 1; i++)
        {
            Assert.Equal(0, server.Transmit(new byte[MaxDatagram], default));
            var datagram = again[i];

            // A record of its own: the first flight's numbers are spent.
            datagram[10] = (byte)(100 + i);
            server.Receive(datagram, default);
        }

        ExpectServerHello(server);
    }

    [Fact]
    public void Hello_AmongFragmentsOfAttackers_IsServedWithinTheBound()
    {
        var random = RandomSource.Seeded(7);
        using var server = Server();
        var fragment = new byte[300];
        ulong number = 1000;
        for (var i = 0; i < 20_000; i++)
        {
            var length = 300 + random.Next(1 << (9 + random.Next(15)));
            var header = new HandshakeHeader(
                (HandshakeType)random.Next(25), length, (ushort)random.Next(12), random.Next(length - 299), 300);
            server.Receive(Record(number++, (header, fragment)), default);
            Assert.InRange(server.BufferedBytes, 0, 64 * 1024);
        }

        Assert.NotEqual(DtlsState.Failed, server.State);
        Assert.Equal(0, server.Transmit(new byte[MaxDatagram], default));
        foreach (var datagram in ForeignHelloTests.Fragments(ForeignHelloTests.Hello([0xFEFD], [0x11EC, 23], 1800), 1000))
        {
            // Later than all that came before: it is not taken for a replay.
            datagram[9] = 0xFF;
            server.Receive(datagram, default);
        }

        ExpectServerHello(server);
    }

    [Fact]
    public void Certificates_OfManyDatagramsOverABadPath_ConnectEachSeed()
    {
        using var alice = Large(1);
        using var bob = Large(2);
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var random = RandomSource.Seeded(seed);
            using var pair = new Pair(client => client with { Certificate = alice }, server => server with { Certificate = bob }, seed);
            pair.Route = (_, _, datagram) => random.Next(10) switch
            {
                0 => [],
                1 => [(datagram, Soon()), (datagram, Soon())],
                _ => [(datagram, Soon())],
            };
            pair.Connect();
            Assert.InRange(pair.LargestDatagram, 100, 1200);
            Assert.Equal(bob.Der.ToArray(), pair.Client.RemoteCertificate[0].ToArray());
            Assert.Equal(0, pair.Server.BufferedBytes + pair.Client.BufferedBytes);

            TimeSpan Soon() => TimeSpan.FromMilliseconds(1 + random.Next(60));
        }
    }

    // Up to four records, each of up to three fragments that begin and end anywhere, overlap and repeat.
    private static byte[] Datagram(byte[] hello, RandomSource random, ref ulong number, HashSet<int> missing)
    {
        Assert.True(HandshakeHeader.TryParse(hello, out var whole, out _));
        var datagram = new List<byte>();
        for (var record = 1 + random.Next(4); record > 0; record--)
        {
            var fragments = new List<(HandshakeHeader, byte[])>();
            for (var count = 1 + random.Next(3); count > 0; count--)
            {
                var size = Math.Min(100 + random.Next(300), whole.Length);
                var start = random.Next(whole.Length - size + 1);
                if (datagram.Count + fragments.Sum(each => each.Item2.Length + HandshakeHeader.Size) + size + HandshakeHeader.Size
                    + RecordHeader.Size > MaxDatagram)
                {
                    break;
                }

                fragments.Add(
                    (whole with { FragmentOffset = start, FragmentLength = size },
                        hello.AsSpan(HandshakeHeader.Size + start, size).ToArray()));
                missing.ExceptWith(Enumerable.Range(start, size));
            }

            if (fragments.Count > 0)
            {
                datagram.AddRange(Record(number++, [.. fragments]));
            }
        }

        return [.. datagram];
    }

    private static byte[] Record(ulong number, params (HandshakeHeader Header, byte[] Body)[] fragments)
    {
        var length = fragments.Sum(each => HandshakeHeader.Size + each.Body.Length);
        var record = new byte[RecordHeader.Size + length];
        new RecordHeader(ContentType.Handshake, DtlsProtocolVersion.Dtls10, 0, number, length).Write(record);
        var at = RecordHeader.Size;
        foreach (var (header, body) in fragments)
        {
            header.Write(record.AsSpan(at));
            body.CopyTo(record, at + HandshakeHeader.Size);
            at += HandshakeHeader.Size + body.Length;
        }

        return record;
    }

    private static void ExpectServerHello(DtlsEndpoint server)
    {
        var answer = new byte[MaxDatagram];
        var length = server.Transmit(answer, default);
        Assert.True(RecordHeader.TryParse(answer.AsSpan(0, length), out var record, out _));
        Assert.True(HandshakeHeader.TryParse(answer.AsSpan(RecordHeader.Size, record.Length), out var header, out _));
        Assert.Equal(HandshakeType.ServerHello, header.Type);
        Assert.Equal(DtlsState.Connecting, server.State);
    }

    private static DtlsEndpoint Server() => new(
        new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob }, RandomSource.Seeded(1), NullLogger.Instance);

    // A certificate with much to say.
    private static DtlsCertificate Large(int seed)
    {
        var filling = new byte[6000];
        new Random(seed).NextBytes(filling);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=large", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", filling, critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return DtlsCertificate.FromX509(certificate);
    }
}
