using System.Buffers.Binary;
using Parley.Sctp;
using Parley.Sctp.Wire;

namespace Parley.Fuzz.Targets;

/// <summary>
/// A live association with data channels against a peer that does as the input says. Checksums and tags are right; TSNs and numbers of
/// requests are near those expected, so that the input reaches beyond the first check.
/// </summary>
internal sealed class SctpAssociationTarget : FuzzTarget
{
    private const uint FirstTsn = 1000;
    private const uint VictimsFirstTsn = 2000;
    private const long MostHeld = 24L * 1024 * 1024;

    public override string Name => "sctp-association";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 0, 0, 3, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 53, 1, 2, 3, 4, 1, 3],
        [1, 0, 64, 3, 0, 24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 53, 1, 2, 3, 4, 1, 3],
        [
            0, 0, 0, 2, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 52, 0, 192, 0, 0, 8, 0, 3, 0, 1, 0, 5, 1, 0, 3, 0, 0, 12, 0, 0, 0, 0, 0, 255, 255,
            0, 0, 0, 0, 1,
        ],
        [
            0, 0, 0, 3, 0, 28, 0, 0, 0, 2, 0, 0, 0, 0, 0, 50, 3, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 97, 97, 97, 97, 1, 3, 0, 130, 0, 0, 18, 0,
            13, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 3,
        ],
        [0, 5, 1, 200, 5, 1, 200, 0, 3, 0, 0, 16, 0, 1, 0, 0, 255, 255, 0, 1, 0, 0, 0, 2, 0, 3, 1, 2, 100],
        [0, 0, 4, 0, 0, 8, 0, 1, 0, 8, 1, 2, 3, 4, 0, 254, 0, 0, 0, 0, 1, 0, 0, 1, 2, 255, 2, 255, 4, 3],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        var pair = new SctpPair((reader.Byte() & 1) != 0);
        var packet = new byte[16_384];
        var length = CommonHeader.Length;
        DataChannelHandle? channel = null;
        while (!reader.IsAtEnd)
        {
            switch (reader.Byte() % 7)
            {
                case 0:
                    length = AddChunk(ref reader, packet, length);
                    break;
                case 1:
                    Send(pair, packet, length);
                    length = CommonHeader.Length;
                    break;
                case 2:
                    pair.Pass(TimeSpan.FromMilliseconds(1 << reader.Byte() % 16));
                    break;
                case 3:
                    pair.Drain();
                    break;
                case 4:
                    pair.Victim.ReceivePaused = !pair.Victim.ReceivePaused;
                    break;
                case 5:
                    channel ??= pair.Channels.Open(new DataChannelParameters { Ordered = (reader.Byte() & 1) != 0, MaxRetransmits = 1 });
                    pair.Channels.Send(channel.Value, true, new byte[reader.Byte() * 40], pair.Now);
                    break;
                default:
                    if (channel is { } open)
                    {
                        pair.Channels.Close(open);
                    }

                    break;
            }

            pair.Discard();
            Check(pair.Victim);
        }

        pair.Drain();
        pair.Victim.Dispose();
    }

    private static int AddChunk(ref InputReader reader, byte[] packet, int length)
    {
        var (type, flags) = ((ChunkType)reader.Byte(), reader.Byte());
        var value = reader.Long();
        if (length + 8 + value.Length > packet.Length)
        {
            return length;
        }

        var writer = new ChunkWriter(packet, length);
        var room = writer.Begin(type, flags, value.Length);
        value.CopyTo(room);
        switch (type)
        {
            case ChunkType.Data or ChunkType.InterleavedData or ChunkType.ForwardTsn or ChunkType.InterleavedForwardTsn
                when value.Length >= 4:
                Rebase(room, FirstTsn);
                break;
            case ChunkType.Sack when value.Length >= 4:
                Rebase(room, VictimsFirstTsn - 1);
                break;
            case ChunkType.Reconfig when value.Length >= 16:
                Rebase(room[4..], FirstTsn);
                Rebase(room[12..], FirstTsn - 1);
                break;
        }

        return writer.Position;
    }

    private static void Rebase(Span<byte> number, uint to) =>
        BinaryPrimitives.WriteUInt32BigEndian(number, to + (uint)(short)BinaryPrimitives.ReadUInt32BigEndian(number));

    private static void Send(SctpPair pair, byte[] packet, int length)
    {
        if (length == CommonHeader.Length)
        {
            return;
        }

        new CommonHeader(5000, 5000, pair.Victim.LocalTag, 0).Write(packet);
        CommonHeader.WriteChecksum(packet.AsSpan(0, length));
        pair.Victim.Receive(packet.AsSpan(0, length), pair.Now);
    }

    private static void Check(SctpAssociation victim)
    {
        var statistics = victim.Statistics;
        if (victim.HeldBytes > MostHeld || statistics.ReceiveBufferUsed < 0 || statistics.BytesInFlight < 0 || statistics.BytesQueued < 0)
        {
            throw new InvalidDataException(
                $"Held {victim.HeldBytes}, used {statistics.ReceiveBufferUsed}, "
                + $"in flight {statistics.BytesInFlight}, queued {statistics.BytesQueued}.");
        }
    }
}
