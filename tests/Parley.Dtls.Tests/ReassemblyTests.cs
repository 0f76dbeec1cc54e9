using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

public class ReassemblyTests
{
    [Fact]
    public void Fragments_InAnyOrderOverlappingAndRepeated_GiveTheMessage()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = RandomSource.Seeded(seed);
            var body = new byte[1 + random.Next(5000)];
            random.Fill(body);
            var reassembly = new Reassembly(64 * 1024);
            while (reassembly.Due() is null)
            {
                var start = random.Next(body.Length);
                var count = 1 + random.Next(Math.Min(body.Length - start, 600));
                reassembly.Add(new HandshakeHeader(HandshakeType.ClientHello, body.Length, 0, start, count), body.AsSpan(start, count));
            }

            Assert.Equal(body, reassembly.Due()!.AsSpan(HandshakeHeader.Size).ToArray());
            Assert.True(HandshakeHeader.TryParse(reassembly.Due(), out var header, out _));
            Assert.True(header.IsWhole);
            reassembly.Accept();
            Assert.Equal(0, reassembly.Bytes);
            Assert.Equal(1, reassembly.Next);
        }
    }

    [Fact]
    public void Fragments_WithAGap_WaitForIt()
    {
        var reassembly = new Reassembly(1000);
        reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 30, 0, 0, 10), new byte[10]);
        reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 30, 0, 20, 10), new byte[10]);
        Assert.Null(reassembly.Due());
        reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 30, 0, 9, 12), new byte[12]);
        Assert.NotNull(reassembly.Due());
    }

    [Fact]
    public void Fragments_OfMoreThanTheBound_AreDroppedAndTheDueMessageComesFirst()
    {
        var reassembly = new Reassembly(1000);
        for (ushort sequence = 1; sequence < 100; sequence++)
        {
            reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 600, sequence, 0, 10), new byte[10]);
            Assert.InRange(reassembly.Bytes, 0, 1000);
        }

        reassembly.Add(new HandshakeHeader(HandshakeType.ClientHello, 800, 0, 0, 800), new byte[800]);
        Assert.NotNull(reassembly.Due());
        reassembly.Accept();
        reassembly.Add(new HandshakeHeader(HandshakeType.ClientHello, 5000, 1, 0, 10), new byte[10]);
        Assert.InRange(reassembly.Bytes, 0, 1000);
    }

    [Fact]
    public void Fragments_ThatContradictEarlierOnes_ReplaceThem()
    {
        var reassembly = new Reassembly(1000);
        reassembly.Add(new HandshakeHeader(HandshakeType.Finished, 900, 0, 0, 10), new byte[10]);
        reassembly.Add(new HandshakeHeader(HandshakeType.ClientHello, 4, 0, 0, 4), [1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], reassembly.Due()!.AsSpan(HandshakeHeader.Size).ToArray());
        Assert.Equal(16, reassembly.Bytes);
    }

    [Fact]
    public void Fragments_OfOneByteWithGaps_AreBounded()
    {
        var reassembly = new Reassembly(64 * 1024);
        for (var i = 0; i < 30_000; i += 2)
        {
            reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 30_000, 0, i, 1), [1]);
        }

        Assert.Null(reassembly.Due());
        reassembly.Add(new HandshakeHeader(HandshakeType.Certificate, 30_000, 0, 0, 30_000), new byte[30_000]);
        Assert.NotNull(reassembly.Due());
    }
}
