using System.Buffers.Binary;

namespace Parley.Srtp.Tests;

/// <summary>Packets protected and opened together must fare as one after the other.</summary>
public sealed class SrtpBatchTests
{
    private const int Room = 400;

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Protect_ManyPackets_GivesTheBytesOfOneAfterTheOther(SrtpProfile profile)
    {
        using var together = new Pair(profile);
        using var alone = new Pair(profile);
        var random = new Random(3);
        var sequence = 65_500;
        for (var count = 0; count < 80; count++)
        {
            var plain = Enumerable.Range(0, count).Select(_ => random.Next(9) switch
            {
                0 => Pair.Rtcp((uint)random.Next(1, 4)),
                1 => new byte[random.Next(0, 14)],
                _ => Pair.Rtp((ushort)sequence++, (uint)random.Next(1, 4), random.Next(200)),
            }).ToArray();
            var (buffer, packets) = Lay(plain);
            together.Outbound.Protect(buffer, packets);
            for (var i = 0; i < count; i++)
            {
                var expected = plain[i].Length > 1 && plain[i][1] == 200 ? alone.ProtectRtcp(plain[i]) : alone.Protect(plain[i]);
                Assert.Equal(expected, buffer.AsSpan(packets[i].Offset, packets[i].Length));
                Assert.Equal(expected.Length == 0, packets[i].Error != SrtpError.None);
            }
        }

        Assert.Equal(alone.Outbound.PacketCount, together.Outbound.PacketCount);
        Assert.All(
            Enum.GetValues<SrtpError>(), error => Assert.Equal(alone.Outbound.ErrorCount(error), together.Outbound.ErrorCount(error)));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Unprotect_ReorderedReplayedForgedAndJumping_FaresAsOneAfterTheOther(SrtpProfile profile)
    {
        using var together = new Pair(profile);
        using var alone = new Pair(profile);
        var random = new Random(11);
        var sequences = new int[] { 65_530, 100, 40_000 };
        var past = new List<byte[]>();
        var accepted = 0;
        for (var round = 0; round < 300; round++)
        {
            var wire = Enumerable.Range(0, random.Next(1, 70)).Select(_ =>
            {
                var ssrc = random.Next(3);
                var step = random.Next(40) switch { 0 => 20_000, 1 => 32_000, 2 => 3, _ => 1 };
                sequences[ssrc] += step;
                var packet = random.Next(12) == 0
                    ? together.ProtectRtcp(Pair.Rtcp((uint)ssrc + 1))
                    : together.Protect(Pair.Rtp((ushort)sequences[ssrc], (uint)ssrc + 1, random.Next(150)));
                if (packet.Length == 0)
                {
                    return packet;
                }

                past.Add(packet);
                return random.Next(20) switch
                {
                    0 => past[^random.Next(1, Math.Min(60, past.Count) + 1)],
                    1 => Damaged(packet, random),
                    2 => packet[..random.Next(packet.Length)],
                    _ => packet,
                };
            }).ToArray();
            if (round % 3 == 0)
            {
                random.Shuffle(wire);
            }

            var (buffer, packets) = Lay(wire);
            together.Inbound.Unprotect(buffer, packets);
            for (var i = 0; i < wire.Length; i++)
            {
                var copy = wire[i].ToArray();
                SrtpError error;
                int length;
                _ = copy.Length > 1 && copy[1] is >= 192 and <= 223
                    ? alone.Inbound.TryUnprotectRtcp(copy, out length, out error)
                    : alone.Inbound.TryUnprotectRtp(copy, out length, out error);
                Assert.Equal((error, length), (packets[i].Error, packets[i].Length));
                Assert.Equal(copy.AsSpan(0, length), buffer.AsSpan(packets[i].Offset, length));
                accepted += length > 0 ? 1 : 0;
            }
        }

        Assert.InRange(accepted, 3_000, 12_000);
        Assert.Equal(alone.Inbound.PacketCount, together.Inbound.PacketCount);
        Assert.True(together.Inbound.ErrorCount(SrtpError.Replayed) > 50);
        Assert.True(together.Inbound.ErrorCount(SrtpError.AuthenticationFailed) > 50);
        Assert.All(Enum.GetValues<SrtpError>(), error => Assert.Equal(alone.Inbound.ErrorCount(error), together.Inbound.ErrorCount(error)));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void ProtectAndUnprotect_AllocateNothing(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var buffer = new byte[40 * Room];
        var packets = new SrtpPacket[40];
        ushort sequence = 0;
        void Run()
        {
            for (var round = 0; round < 200; round++)
            {
                for (var i = 0; i < packets.Length; i++)
                {
                    var packet = buffer.AsSpan(i * Room, 312);
                    packet.Clear();
                    packet[0] = 0x80;
                    packet[1] = 96;
                    BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence++);
                    packets[i] = new SrtpPacket { Offset = i * Room, Length = packet.Length };
                }

                pair.Outbound.Protect(buffer, packets);
                pair.Inbound.Unprotect(buffer, packets);
            }
        }

        Run();
        Assert.Equal(0, SteadyState.Allocates(Run));
        Assert.All(packets, packet => Assert.Equal(312, packet.Length));
    }

    [Fact]
    public void Protect_WithoutRoom_IsMisuse()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        var buffer = new byte[100];
        Assert.ThrowsAny<ArgumentException>(() => pair.Outbound.Protect(buffer, [new SrtpPacket { Offset = 50, Length = 40 }]));
        Assert.ThrowsAny<ArgumentException>(() => pair.Inbound.Unprotect(buffer, [new SrtpPacket { Offset = 50, Length = 51 }]));
    }

    private static (byte[] Buffer, SrtpPacket[] Packets) Lay(byte[][] contents)
    {
        var buffer = new byte[contents.Length * Room];
        var packets = new SrtpPacket[contents.Length];
        for (var i = 0; i < contents.Length; i++)
        {
            contents[i].CopyTo(buffer, i * Room);
            packets[i] = new SrtpPacket { Offset = i * Room, Length = contents[i].Length };
        }

        return (buffer, packets);
    }

    private static byte[] Damaged(byte[] packet, Random random)
    {
        var copy = packet.ToArray();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }
}
