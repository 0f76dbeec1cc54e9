using System.Runtime.CompilerServices;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>A peer that wants memory, work or secrets of a handshake.</summary>
public class HandshakeAttackTests
{
    [Fact]
    public void Fragments_ThatContradictEachOther_AllocateAboutWhatTheyBring()
    {
        const int Count = 3000;
        using var pair = new Pair();
        pair.Server.Start(pair.Now);
        var datagrams = Enumerable.Range(0, Count).Select(Contradiction).ToArray();
        pair.Deliver(true, Contradiction(0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var datagram in datagrams)
        {
            pair.Server.Receive(datagram, pair.Now);
        }

        // 3,000 fragments of one byte for messages of up to 64 KiB: without a bound 98 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        Assert.InRange(pair.Server.Statistics.ContradictingFragments, Count - 100, Count);
        Assert.InRange(pair.Server.BufferedBytes, 0, 64 * 1024);
    }

    [Fact]
    public void Fragments_ThatContradictEachOther_DoNotStopTheHandshake()
    {
        using var pair = new Pair();
        pair.Server.Start(pair.Now);
        for (var i = 0; i < 100; i++)
        {
            pair.Deliver(true, Contradiction(i));
        }

        pair.Connect();
    }

    [Theory]
    [InlineData(RecordHeader.MaxContent, 0)]
    [InlineData(RecordHeader.MaxContent + 1, 1)]
    public void ProtectedRecord_OfMoreThanTheLimit_IsDropped(int length, int refused)
    {
        using var pair = new Pair().Connect();
        var datagram = new byte[length + pair.Client.RecordOverhead];
        Assert.Equal(
            datagram.Length, Records(pair.Client).Seal(ContentType.ApplicationData, DtlsProtocolVersion.Dtls12, 1, datagram, length));
        pair.Deliver(true, datagram);
        Assert.Equal(refused, pair.Server.Statistics.RecordsTooLarge);
        Assert.Equal(1 - refused, pair.ServerReceived.Count);
    }

    [Theory]
    [InlineData(RecordHeader.MaxContent, 0)]
    [InlineData(RecordHeader.MaxContent + 1, 1)]
    public void RecordInTheClear_OfMoreThanTheLimit_IsDropped(int length, int refused)
    {
        using var pair = new Pair();
        pair.Server.Start(pair.Now);
        var datagram = new byte[RecordHeader.Size + length];
        new RecordHeader(ContentType.Handshake, DtlsProtocolVersion.Dtls12, 0, 0, length).Write(datagram);
        var body = length - HandshakeHeader.Size;
        new HandshakeHeader(HandshakeType.ClientHello, 30_000, 0, 0, body).Write(datagram.AsSpan(RecordHeader.Size));
        pair.Deliver(true, datagram);
        Assert.Equal(refused, pair.Server.Statistics.RecordsTooLarge);
        Assert.Equal(refused == 1 ? 0 : 30_000 + HandshakeHeader.Size, pair.Server.BufferedBytes);
    }

    [Fact]
    public void FailedHandshake_WipesItsMasterSecretAndKeys()
    {
        using var pair = new Pair();

        // The client's last flight arrives without its Finished: the server has the secret, and nothing is agreed.
        pair.Route = (toServer, number, datagram) => toServer && number > 0
            ? [(WithoutFinished(datagram), pair.Delay)]
            : [(datagram, pair.Delay)];
        pair.Client.Start(pair.Now);
        pair.Run(1);
        Assert.Equal(DtlsState.Connecting, pair.Server.State);
        var secret = Handshaking(pair.Server)!.MasterSecret;
        Assert.Contains(secret, each => each != 0);
        Assert.True(Records(pair.Server).IsKeyed);
        pair.Run();
        Assert.Equal(DtlsState.Failed, pair.Server.State);
        Assert.DoesNotContain(secret, each => each != 0);
        Assert.False(Records(pair.Server).IsKeyed);
    }

    [Fact]
    public void FailedHandshake_SendsItsAlertUnderTheKeysBeforeTheyAreWiped()
    {
        using var pair = new Pair(client => client with { RemoteFingerprints = Pair.Unknown });
        pair.Client.Start(pair.Now);
        pair.Run(1);
        pair.Client.SetRemoteFingerprints([new CertificateFingerprint("sha-256", new byte[32])]);
        pair.Run();
        Assert.Equal((DtlsState.Failed, DtlsState.Failed), (pair.Client.State, pair.Server.State));
        Assert.Equal(DtlsFailure.PeerAlert, pair.ServerEvents[^1].Failure);
        Assert.False(Records(pair.Client).IsKeyed);
    }

    [Fact]
    public void ClosedHandshake_WipesItsMasterSecret()
    {
        using var pair = new Pair();
        pair.Route = (toServer, number, datagram) => toServer && number > 0
            ? [(WithoutFinished(datagram), pair.Delay)]
            : [(datagram, pair.Delay)];
        pair.Client.Start(pair.Now);
        pair.Run(1);
        var secret = Handshaking(pair.Server)!.MasterSecret;
        pair.Server.Close(pair.Now);
        Assert.DoesNotContain(secret, each => each != 0);
    }

    [Fact]
    public void Connection_KeepsTheMasterSecretOfItsHandshake()
    {
        using var pair = new Pair().Connect();
        var (client, server) = (new byte[60], new byte[60]);
        pair.Client.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", client);
        pair.Server.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", server);
        Assert.Equal(client, server);
    }

    // One byte of a message whose length changes with each fragment.
    private static byte[] Contradiction(int number)
    {
        var datagram = new byte[RecordHeader.Size + HandshakeHeader.Size + 1];
        new RecordHeader(ContentType.Handshake, DtlsProtocolVersion.Dtls12, 0, (ulong)number, HandshakeHeader.Size + 1).Write(datagram);
        new HandshakeHeader(HandshakeType.ClientHello, 1000 + number * 20, 0, 0, 1).Write(datagram.AsSpan(RecordHeader.Size));
        return datagram;
    }

    private static byte[] WithoutFinished(byte[] datagram)
    {
        var end = 0;
        while (RecordHeader.TryParse(datagram.AsSpan(end), out var header, out _) && header.Epoch == 0)
        {
            end += RecordHeader.Size + header.Length;
        }

        return datagram[..end];
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_handshake")]
    private static extern ref Handshake? HandshakeOf(DtlsEndpoint endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_records")]
    private static extern ref RecordLayer RecordsOf(DtlsEndpoint endpoint);

    private static Handshake? Handshaking(DtlsEndpoint endpoint) => HandshakeOf(endpoint);

    private static RecordLayer Records(DtlsEndpoint endpoint) => RecordsOf(endpoint);
}
