using System.Buffers.Binary;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class StreamResetTests
{
    private static readonly StreamId Stream = new(4);

    [Fact]
    public void ResetStream_WithDataOutstanding_WaitsForItsAcknowledgement()
    {
        var pair = Pair.Connected();
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[50_000], default, pair.Now);
        Assert.True(pair.A.Association.ResetStream(Stream));
        Assert.Equal(SctpSendStatus.StreamClosed, pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now));
        pair.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal([SctpEventKind.MessageReceived, SctpEventKind.IncomingStreamReset], pair.B.Events.Select(told => told.Kind));
        Assert.Equal(SctpEventKind.OutgoingStreamReset, pair.A.Events.Single().Kind);
        Assert.Equal(SctpSendStatus.Queued, pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now));
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal([1], pair.B.Messages.Last().Payload);
    }

    [Fact]
    public void ResponseLost_RequestIsRepeatedAndPerformedOnce()
    {
        var pair = Pair.Connected();
        var drops = 3;
        pair.Filter = (from, packet) => from != pair.B || !Chunks.Has(packet, ChunkType.Reconfig) || drops-- <= 0;
        pair.A.Association.ResetStream(Stream);
        pair.RunFor(TimeSpan.FromSeconds(20));

        Assert.Single(pair.B.Events);
        Assert.Equal(SctpEventKind.OutgoingStreamReset, pair.A.Events.Single().Kind);
    }

    [Fact]
    public void OtherStreamsDataMissing_ResetIsInProgressUntilItComes()
    {
        var pair = Pair.Connected();
        var drops = 4;
        pair.Filter = (from, packet) => from != pair.A || !Chunks.Has(packet, ChunkType.Data) || drops-- <= 0;
        pair.A.Association.Send(new StreamId(9), PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.Flush();
        pair.A.Association.ResetStream(Stream);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Empty(pair.B.Events);
        Assert.Contains(pair.B.Sent, packet => Chunks.Has(packet, ChunkType.Reconfig) && ResultOf(packet) == ReconfigResult.InProgress);
        pair.RunFor(TimeSpan.FromSeconds(20));

        Assert.Equal([SctpEventKind.MessageReceived, SctpEventKind.IncomingStreamReset], pair.B.Events.Select(told => told.Kind));
        Assert.Equal(SctpEventKind.OutgoingStreamReset, pair.A.Events.Single().Kind);
    }

    [Fact]
    public void RequestUnderAWrongNumber_IsRefused()
    {
        var pair = Pair.Connected();
        var tag = Chunks.TagOf(pair.B.Sent[^1]);
        pair.Inject(
            pair.A,
            Chunks.Packet(tag, ChunkType.Reconfig, 0, Convert.FromHexString("000D0012" + "00000001" + "00000000" + "00000000" + "0004")));
        pair.Flush();

        Assert.Equal(ReconfigResult.BadSequenceNumber, ResultOf(pair.A.Sent.Last(packet => Chunks.Has(packet, ChunkType.Reconfig))));
        Assert.Empty(pair.A.Events);
    }

    private static ReconfigResult ResultOf(byte[] packet) =>
        (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(Chunks.ValueOf(packet, ChunkType.Reconfig).AsSpan(8));
}
