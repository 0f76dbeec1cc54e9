using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class AdversarialTests
{
    [Fact]
    public void RandomBytes_InEachState_NeverThrow()
    {
        var random = RandomSource.Seeded(5);
        foreach (var pair in (Pair[])[new Pair(), Connecting(), Pair.Connected()])
        {
            var tag = pair.A.Sent.Count == 0 ? 0 : Chunks.TagOf(pair.B.Sent.LastOrDefault() ?? new byte[12]);
            for (var turn = 0; turn < 30_000; turn++)
            {
                var packet = new byte[random.Next(200)];
                random.Fill(packet);
                Disguise(packet, turn % 2 == 0 ? tag : 0);
                pair.Inject(pair.A, packet);
                Drain(pair);
            }
        }
    }

    [Fact]
    public void RandomChunksOfEachType_InAnEstablishedAssociation_NeverThrow()
    {
        ChunkType[] types = [.. Enum.GetValues<ChunkType>().Where(type => type != ChunkType.Abort)];
        for (ulong seed = 1; seed < 6; seed++)
        {
            var random = RandomSource.Seeded(seed);
            var pair = Pair.Connected(seed);
            var tag = Chunks.TagOf(pair.B.Sent[^1]);
            var begin = BinaryPrimitives.ReadUInt32BigEndian(
                Chunks.ValueOf(pair.B.Sent.First(packet => Chunks.Has(packet, ChunkType.Init)), ChunkType.Init).AsSpan(12));
            for (var turn = 0; turn < 20_000 && pair.A.Association.State != SctpState.Closed; turn++)
            {
                var value = new byte[random.Next(64)];
                random.Fill(value);
                if (value.Length >= 4)
                {
                    // Near enough that the TSN means something.
                    BinaryPrimitives.WriteUInt32BigEndian(value, begin + (uint)random.Next(50));
                }

                pair.Inject(pair.A, Chunks.Packet(tag, types[random.Next(types.Length)], (byte)random.Next(16), value));
                pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], default, pair.Now);
                Drain(pair);
            }
        }
    }

    [Fact]
    public void EachPacketOfAConversation_TruncatedAndFlipped_NeverThrows()
    {
        var pair = Pair.Connected(3);
        pair.B.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[3000], default, pair.Now);
        pair.B.Association.ResetStream(new StreamId(1));
        pair.RunFor(TimeSpan.FromSeconds(2));
        foreach (var packet in pair.B.Sent.ToArray())
        {
            for (var length = 0; length < packet.Length; length++)
            {
                Replay(packet[..length]);
            }

            for (var bit = 0; bit < 8 * packet.Length; bit++)
            {
                var flipped = packet.ToArray();
                flipped[bit / 8] ^= (byte)(1 << bit % 8);
                Replay(flipped);
            }
        }

        void Replay(byte[] packet)
        {
            if (packet.Length >= 12)
            {
                packet.AsSpan(8, 4).Clear();
            }

            pair.Inject(pair.A, packet);
            Drain(pair);
        }
    }

    [Fact]
    public void MessagesNeverFinished_HoldBoundedMemory()
    {
        // Beginnings of messages, each followed by a hole: as much as a TSN window allows.
        var pair = Pair.Connected();
        var (tag, next) = Enter(pair);
        for (uint index = 0; index < 60_000; index += 2)
        {
            pair.A.Association.Receive(Chunks.Data(tag, next + 1 + index, 1, (ushort)index, DataChunk.Beginning, new byte[1000]), pair.Now);
            Drain(pair);
        }

        Assert.InRange(pair.A.Association.HeldBytes, 0, 16 * 1024 * 1024);
    }

    [Fact]
    public void MessagesThatNeverComeInOrder_HoldBoundedMemory()
    {
        var pair = Pair.Connected();
        var (tag, next) = Enter(pair);
        for (uint index = 0; index < 100_000; index++)
        {
            pair.A.Association.Receive(
                Chunks.Data(tag, next + index, (ushort)(index % 1000), (ushort)(1 + index / 1000), 3, new byte[300]), pair.Now);
            Drain(pair);
        }

        Assert.InRange(pair.A.Association.HeldBytes, 0, 16 * 1024 * 1024);
        Assert.Empty(pair.A.Messages);
    }

    [Fact]
    public void FloodOfInits_AnswersABoundedNumberAtOnce()
    {
        var pair = Pair.Connected();
        var fresh = new Pair(9);
        fresh.A.Association.Connect(fresh.Now);
        fresh.Flush();
        for (var count = 0; count < 1000; count++)
        {
            pair.A.Association.Receive(fresh.A.Sent[0], pair.Now);
        }

        var before = pair.A.Sent.Count;
        pair.Flush();
        Assert.InRange(pair.A.Sent.Count - before, 1, 8);
    }

    [Theory]
    [InlineData(DataChunk.Beginning, DataChunk.Beginning)]
    [InlineData(DataChunk.End, DataChunk.End)]
    public void FragmentsOfNoMessage_WithoutPartialReliability_Abort(byte first, byte second)
    {
        var received = new ReceivedTsns(new Tsn(0));
        var pool = new SegmentPool();
        var reassembly = new Reassembly(pool, new RingQueue<PendingEvent>(), 1000, 100_000, 100_000, false, 1);
        var accepted = true;
        byte[] flags = [first, second];
        for (uint tsn = 1; tsn <= 2; tsn++)
        {
            var packet = Chunks.Data(1, tsn, 1, 0, flags[tsn - 1], 1, 2, 3);
            Assert.True(DataChunk.TryParse(flags[tsn - 1], Chunks.ValueOf(packet, ChunkType.Data), out var chunk, out _));
            var before = received.Cumulative;
            received.Add(chunk.Tsn);
            accepted &= reassembly.Add(chunk, before, false) && reassembly.PassOver(before, received.Cumulative, false);
        }

        Assert.False(accepted);
    }

    [Fact]
    public void DataWithoutUserData_Aborts()
    {
        var pair = Pair.Connected();
        var (tag, next) = Enter(pair);
        pair.Inject(pair.A, Chunks.Data(tag, next, 1, 0, 3));
        Assert.Equal(SctpFailure.ProtocolViolation, pair.A.Events.Single().Failure);
        pair.Flush();
        Assert.True(Chunks.Has(pair.A.Sent[^1], ChunkType.Abort));
    }

    [Fact]
    public void OtherTag_IsDropped()
    {
        var pair = Pair.Connected();
        var (tag, next) = Enter(pair);
        pair.Inject(pair.A, Chunks.Data(tag + 1, next, 1, 0, 3, 1));
        pair.Inject(pair.A, Chunks.Packet(tag + 1, ChunkType.Abort, 0));
        pair.Inject(pair.A, Chunks.Packet(tag + 1, ChunkType.Abort, 1));
        Assert.Empty(pair.A.Events);
        pair.Inject(pair.A, Chunks.Data(tag, next, 1, 0, 3, 1));
        Assert.Single(pair.A.Messages);
    }

    private static (uint Tag, uint NextTsn) Enter(Pair pair)
    {
        var init = Chunks.ValueOf(pair.B.Sent.First(packet => Chunks.Has(packet, ChunkType.Init)), ChunkType.Init);
        return (Chunks.TagOf(pair.B.Sent[^1]), BinaryPrimitives.ReadUInt32BigEndian(init.AsSpan(12)));
    }

    private static Pair Connecting()
    {
        var pair = new Pair();
        pair.A.Association.Connect(pair.Now);
        pair.Flush();
        return pair;
    }

    private static void Disguise(byte[] packet, uint tag)
    {
        if (packet.Length < 12)
        {
            return;
        }

        new CommonHeader(5000, 5000, tag, 0).Write(packet);
        if (packet.Length >= 16)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)(packet.Length - 12));
            packet[12] %= 16;
        }
    }

    private static void Drain(Pair pair)
    {
        Span<byte> buffer = stackalloc byte[1200];
        for (var count = 0; pair.A.Association.Transmit(buffer, pair.Now) > 0; count++)
        {
            Assert.True(count < 1000);
        }
    }
}
