using Parley.Net;

namespace Parley.Dtls.Tests;

public class ConnectionTests
{
    [Theory]
    [InlineData(new ushort[] { 7, 1 }, new ushort[] { 1, 7 }, (ushort)1)]
    [InlineData(new ushort[] { 1, 7 }, new ushort[] { 7, 1 }, (ushort)7)]
    [InlineData(new ushort[] { 8, 1 }, new ushort[] { 7, 1 }, (ushort)1)]
    [InlineData(new ushort[] { 8 }, new ushort[] { 7, 1 }, null)]
    [InlineData(new ushort[] { 7 }, new ushort[0], null)]
    [InlineData(new ushort[0], new ushort[] { 7 }, null)]
    public void SrtpProfile_BothListSome_TheServersFirstInCommonIsChosen(ushort[] client, ushort[] server, ushort? chosen)
    {
        using var pair = new Pair(
            options => options with { SrtpProfiles = client }, options => options with { SrtpProfiles = server }).Connect();
        Assert.Equal(chosen, pair.Client.SelectedSrtpProfile);
        Assert.Equal(chosen, pair.Server.SelectedSrtpProfile);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_Connected_TellsThePeerWhichAnswers(bool byClient)
    {
        using var pair = new Pair().Connect();
        (byClient ? pair.Client : pair.Server).Close(pair.Now);
        var (toServer, toClient) = (pair.ToServer, pair.ToClient);
        pair.Run();

        Assert.Equal(DtlsState.Closed, pair.Client.State);
        Assert.Equal(DtlsState.Closed, pair.Server.State);
        Assert.Equal(new DtlsEvent(DtlsEventKind.CloseNotify), (byClient ? pair.ServerEvents : pair.ClientEvents)[^1]);
        Assert.Equal(toServer + 1, pair.ToServer);
        Assert.Equal(toClient + 1, pair.ToClient);
        Assert.Equal(0, pair.Client.Protect("x"u8, new byte[100]));
        Assert.Equal(0, pair.Server.Protect("x"u8, new byte[100]));
        pair.Client.ExportKeyingMaterial("still there", new byte[10]);
    }

    [Fact]
    public void Close_InMidHandshake_EndsBoth()
    {
        using var pair = new Pair();
        pair.Client.Start(pair.Now);
        pair.Run(0.015);
        pair.Client.Close(pair.Now);
        pair.Run();
        Assert.Equal(DtlsState.Closed, pair.Client.State);
        Assert.Equal(DtlsState.Closed, pair.Server.State);
    }

    [Fact]
    public void Calls_InAnyOrder_AreSafe()
    {
        var random = RandomSource.Seeded(7);
        for (var round = 0; round < 200; round++)
        {
            using var pair = new Pair();
            var buffer = new byte[1500];
            for (var step = 0; step < 20; step++)
            {
                var endpoint = random.Next(2) == 0 ? pair.Client : pair.Server;
                switch (random.Next(10))
                {
                    case 0:
                        endpoint.Start(pair.Now);
                        break;
                    case 1 when random.Next(4) == 0:
                        endpoint.Close(pair.Now);
                        break;
                    case 2:
                        endpoint.Advance(pair.Now + TimeSpan.FromMilliseconds(random.Next(1000)));
                        break;
                    case 3:
                        endpoint.SetRemoteFingerprints(Certificates.Alice.Fingerprints);
                        break;
                    case 4:
                        endpoint.Protect("x"u8, buffer);
                        break;
                    case 5 when random.Next(8) == 0:
                        endpoint.Dispose();
                        break;
                    case 6:
                        endpoint.Transmit(buffer.AsSpan(0, random.Next(200)), pair.Now);
                        break;
                    case 7:
                        endpoint.Receive(buffer.AsSpan(0, random.Next(200)), pair.Now);
                        endpoint.TryReadApplicationData(buffer, out _);
                        break;
                    default:
                        pair.Run(random.NextDouble() * 0.1);
                        break;
                }
            }
        }
    }

    [Fact]
    public void Receive_ARecordTwice_TakesItOnce()
    {
        using var pair = new Pair().Connect();
        var record = new byte[100];
        var length = pair.Client.Protect("once"u8, record);
        pair.Deliver(true, record[..length]);
        var dropped = pair.Server.Statistics.RecordsDropped;
        pair.Deliver(true, record[..length]);
        Assert.Single(pair.ServerReceived);
        Assert.Equal(dropped + 1, pair.Server.Statistics.RecordsDropped);
    }

    [Fact]
    public void Receive_RecordsReorderedWithinTheWindow_TakesEachOnce()
    {
        using var pair = new Pair().Connect();
        var records = new List<byte[]>();
        for (var i = 0; i < 200; i++)
        {
            var record = new byte[64];
            var length = pair.Client.Protect([(byte)i], record);
            records.Add(record[..length]);
        }

        // The last first: what lies more than the window behind is too old.
        foreach (var record in records.AsEnumerable().Reverse())
        {
            pair.Deliver(true, [.. record]);
        }

        Assert.Equal(ReplayWindow.Size, pair.ServerReceived.Count);
        Assert.Equal(199, pair.ServerReceived[0][0]);
    }

    [Fact]
    public void Receive_SeveralRecordsInADatagram_TakesAll()
    {
        using var pair = new Pair().Connect();
        var datagram = new byte[2000];
        var length = 0;
        for (var i = 0; i < 20; i++)
        {
            length += pair.Server.Protect([(byte)i, 1, 2], datagram.AsSpan(length));
        }

        pair.Deliver(false, datagram[..length]);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), pair.ClientReceived.Select(plaintext => plaintext[0]));
    }

    [Fact]
    public void ProtectInPlace_SameBytesAsProtect_ExceptForTheSequenceNumber()
    {
        using var pair = new Pair().Connect();
        var record = new byte[1300];
        "in place"u8.CopyTo(record.AsSpan(pair.Client.RecordHeaderLength));
        var length = pair.Client.ProtectInPlace(record, 8);
        Assert.Equal(8 + pair.Client.RecordOverhead, length);

        // application_data, DTLS 1.2, epoch 1, sequence number 1 (the Finished was 0); the nonce repeats epoch and sequence number.
        Assert.Equal(
            "17 FE FD 00 01 00 00 00 00 00 01 00 20 00 01 00 00 00 00 00 01".Replace(" ", ""), Convert.ToHexString(record.AsSpan(0, 21)));
        pair.Deliver(true, record[..length]);
        Assert.Equal("in place"u8, Assert.Single(pair.ServerReceived));
    }

    [Fact]
    public void Protect_WrongSizes_Throws()
    {
        using var pair = new Pair().Connect();
        Assert.Throws<ArgumentException>(() => pair.Client.Protect(new byte[10], new byte[10 + pair.Client.RecordOverhead - 1]));
        Assert.Throws<ArgumentException>(() => pair.Client.Protect(new byte[16385], new byte[20000]));
        Assert.Throws<ArgumentException>(() => pair.Client.ProtectInPlace(new byte[100], -1));
    }

    [Fact]
    public void SteadyState_ProtectAndReceive_AllocateNothing()
    {
        using var pair = new Pair().Connect();
        var record = new byte[1300];
        void Exchanges(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Exchange(pair, record);
            }
        }

        Exchanges(100);
        Assert.Equal(0, SteadyState.Allocates(() => Exchanges(300)));
    }

    private static void Exchange(Pair pair, byte[] record)
    {
        var length = pair.Client.ProtectInPlace(record, 1200);
        pair.Server.Receive(record.AsSpan(0, length), pair.Now);
        if (!pair.Server.TryReadApplicationData(record, out var plaintext)
            || plaintext.Length != 1200
            || pair.Server.TryReadApplicationData(record, out _))
        {
            throw new InvalidOperationException("The record did not arrive.");
        }

        pair.Server.Transmit(record, pair.Now);
        pair.Server.TryRead(out _);
        _ = pair.Server.Deadline;
    }
}
