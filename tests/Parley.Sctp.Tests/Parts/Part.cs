using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

/// <summary>What tests of an association's parts share: chunks without a peer, and virtual time.</summary>
internal static class Part
{
    public static readonly Instant Begin = Instant.FromNanoseconds(1_000_000_000);
    public static readonly SctpOptions Options = new() { InitialTsn = 1000 };

    /// <summary>What a handshake with a peer has agreed whose first TSN is 5000.</summary>
    public static readonly StateCookie Agreed = new()
    {
        PeerTag = 7,
        PeerInitialTsn = new Tsn(5000),
        PeerWindow = 100_000,
        OutboundStreams = 100,
        Capabilities = PeerCapabilities.PartialReliability | PeerCapabilities.Reconfiguration,
    };

    public static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

    public static AssociationContext Context() => new(RandomSource.Seeded(1), NullLogger.Instance);

    public static ControlBlock Block(AssociationContext context, SctpOptions? options = null) =>
        new(options ?? Options, Agreed, new Tsn(1000), context);

    public static byte[] Sack(uint cumulative, uint window = 100_000, params (ushort Start, ushort End)[] gaps)
    {
        var value = new byte[SackChunk.FixedLength + 4 * gaps.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), window);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(8), (ushort)gaps.Length);
        for (var index = 0; index < gaps.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(SackChunk.FixedLength + 4 * index), gaps[index].Start);
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(SackChunk.FixedLength + 4 * index + 2), gaps[index].End);
        }

        return value;
    }

    /// <summary>A message as one DATA chunk, in order on stream 1.</summary>
    public static bool Take(DataReceiver receiver, uint tsn, int length = 100, bool isImmediate = false)
    {
        var value = new byte[12 + length];
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(6), (ushort)(tsn - 5000));
        Assert.True(DataChunk.TryParse(DataChunk.Beginning | DataChunk.End, value, out var chunk, out _));
        return receiver.Take(chunk, isImmediate, out _);
    }

    /// <summary>What a part writes into an empty packet: each chunk's type and value.</summary>
    public static List<(ChunkType Type, byte[] Value)> Written(Write write, int room = 1160)
    {
        var packet = new byte[room];
        var writer = new ChunkWriter(packet, 0);
        write(ref writer);
        var chunks = new List<(ChunkType, byte[])>();
        var reader = new ChunkReader(packet.AsSpan(0, writer.Position));
        while (reader.TryNext())
        {
            chunks.Add((reader.Type, reader.Value.ToArray()));
        }

        return chunks;
    }

    public delegate void Write(ref ChunkWriter writer);
}
