using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

/// <summary>Side A of a pair, but sending what no honest side does. It begins with the TSN and the request number 1000.</summary>
internal sealed class Attacker
{
    private readonly byte[] _packet = new byte[16_384];
    private int _length = CommonHeader.Length;

    public Attacker(SctpOptions? victim = null, bool interleaving = false, bool channels = false)
    {
        var options = (victim ?? new SctpOptions()) with { Interleaving = interleaving };
        Pair = new Pair(a: options with { InitialTsn = 1000, Streams = 65_535 }, b: options);
        if (channels)
        {
            Victim.Channels = new DataChannelSession(Association, NullLogger.Instance);
            Victim.Channels.SetRole(isDtlsClient: true);
        }

        Pair.A.Association.Connect(Pair.Now);
        Pair.B.Association.Connect(Pair.Now);
        Pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(SctpState.Established, Association.State);
        Victim.Events.Clear();
        Victim.ChannelEvents.Clear();
        Tag = Chunks.TagOf(Pair.A.Sent[^1]);
    }

    public Pair Pair { get; }

    public Pair.Side Victim => Pair.B;

    public SctpAssociation Association => Pair.B.Association;

    public SctpStatistics Statistics => Pair.B.Association.Statistics;

    public uint Tag { get; }

    public uint NextTsn { get; set; } = 1000;

    public uint NextRequest { get; set; } = 1000;

    /// <summary>Adds a message of one chunk, or a part of one.</summary>
    public Attacker Data(ushort stream, ushort ssn, int length = 1, uint ppid = 53, byte flags = 3, uint? tsn = null)
    {
        var value = Begin(ChunkType.Data, flags, 12 + length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn ?? NextTsn++);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], ssn);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], ppid);
        return this;
    }

    public Attacker InterleavedData(ushort stream, uint mid, byte flags, int length = 1)
    {
        var value = Begin(ChunkType.InterleavedData, flags, 16 + length);
        BinaryPrimitives.WriteUInt32BigEndian(value, NextTsn++);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], mid);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], 53);
        return this;
    }

    public Attacker ForwardTsn(uint tsn, params (ushort Stream, ushort Ssn)[] skipped)
    {
        var value = Begin(ChunkType.ForwardTsn, 0, 4 + 4 * skipped.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        NextTsn = tsn + 1;
        for (var index = 0; index < skipped.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(4 + 4 * index)..], skipped[index].Stream);
            BinaryPrimitives.WriteUInt16BigEndian(value[(6 + 4 * index)..], skipped[index].Ssn);
        }

        return this;
    }

    public Attacker InterleavedForwardTsn(uint tsn, ushort stream, uint mid)
    {
        var value = Begin(ChunkType.InterleavedForwardTsn, 0, 12);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], mid);
        NextTsn = tsn + 1;
        return this;
    }

    /// <summary>Adds a request to reset outgoing streams; none named: all.</summary>
    public Attacker Reset(params ushort[] streams)
    {
        var value = Begin(ChunkType.Reconfig, 0, 16 + 2 * streams.Length);
        BinaryPrimitives.WriteUInt16BigEndian(value, 13);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(16 + 2 * streams.Length));
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], NextRequest++);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], NextTsn - 1);
        for (var index = 0; index < streams.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(16 + 2 * index)..], streams[index]);
        }

        return this;
    }

    public Attacker Sack(uint cumulative, params (ushort Start, ushort End)[] gaps)
    {
        var value = Begin(ChunkType.Sack, 0, 12 + 4 * gaps.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], 1_000_000_000);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps.Length);
        for (var index = 0; index < gaps.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(12 + 4 * index)..], gaps[index].Start);
            BinaryPrimitives.WriteUInt16BigEndian(value[(14 + 4 * index)..], gaps[index].End);
        }

        return this;
    }

    public Attacker Chunk(ChunkType type, int length)
    {
        Begin(type, 0, length);
        return this;
    }

    /// <summary>Adds a DATA_CHANNEL_OPEN with a label of some length.</summary>
    public Attacker OpenChannel(ushort stream, ushort ssn, string label = "")
    {
        var message = DataChannelOpenMessage.Write(new DataChannelParameters { Label = label });
        for (var offset = 0; offset < message.Length;)
        {
            var count = Math.Min(message.Length - offset, 8000);
            var flags = (offset == 0 ? 2 : 0) | (offset + count == message.Length ? 1 : 0);
            Data(stream, ssn, count, 50, (byte)flags);
            message.AsSpan(offset, count).CopyTo(_packet.AsSpan(_length - Padding.RoundUp(count)));
            offset += count;
            if (_length > 8000)
            {
                Send();
            }
        }

        return this;
    }

    /// <summary>Delivers the packet; the victim reads if the pair does.</summary>
    /// <returns>Its length.</returns>
    public int Send()
    {
        var packet = _packet.AsSpan(0, _length).ToArray();
        _length = CommonHeader.Length;
        new CommonHeader(5000, 5000, Tag, 0).Write(packet);
        CommonHeader.WriteChecksum(packet);
        Pair.B.Association.Receive(packet, Pair.Now);
        if (Pair.Reads)
        {
            Pair.B.Read();
        }

        return packet.Length;
    }

    private Span<byte> Begin(ChunkType type, byte flags, int length)
    {
        if (_length + 4 + length + 4 > _packet.Length)
        {
            Send();
        }

        var writer = new ChunkWriter(_packet, _length);
        var value = writer.Begin(type, flags, length);
        value.Clear();
        _length = writer.Position;
        return value;
    }
}
