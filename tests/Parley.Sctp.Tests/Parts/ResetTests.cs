using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

/// <summary><see cref="OutgoingResets"/> and <see cref="IncomingResets"/>.</summary>
public class ResetTests
{
    private static readonly TimeSpan Timeout = Part.Milliseconds(300);
    private readonly AssociationContext _context = Part.Context();
    private readonly ControlBlock _block;
    private Instant _now = Part.Begin;

    public ResetTests() => _block = Part.Block(_context);

    private OutgoingResets Outgoing => _block.OutgoingResets;

    private IncomingResets Incoming => _block.IncomingResets;

    [Fact]
    public void StreamWithSomethingQueued_IsAskedForOnceItIsDrained()
    {
        var stream = _block.Sender.Queue.StreamOf(new StreamId(3));
        stream.Outstanding = 1;
        Outgoing.Add(stream);
        Assert.Empty(Write());

        stream.Outstanding = 0;
        var value = Assert.Single(Write()).Value;
        Assert.Equal("00 0D 00 12 00 00 03 E8 00 00 13 87 00 00 03 E7 00 03", Hex(value));
        Assert.Empty(Write());
    }

    [Fact]
    public void Answer_Performed_TellsAndFreesTheStream()
    {
        var stream = Request();
        stream.NextMid = 12;

        Assert.False(Outgoing.OnAnswered(999, ReconfigResult.Performed, Timeout, _now));
        Assert.True(Outgoing.OnAnswered(1000, ReconfigResult.Performed, Timeout, _now));

        Assert.Equal(SctpEventKind.OutgoingStreamReset, Told());
        Assert.Equal(StreamResetState.None, stream.Reset);
        Assert.Equal(0u, stream.NextMid);
        Assert.Null(Outgoing.Deadline);
    }

    [Fact]
    public void Answer_InProgress_IsAskedForAgainUnderTheNextNumber()
    {
        Request();
        Assert.True(Outgoing.OnAnswered(1000, ReconfigResult.InProgress, Timeout, _now));
        Assert.Empty(Write());

        _now += Timeout;
        Assert.True(Outgoing.Expire(_now));
        Outgoing.Repeat();
        Assert.Equal(1001u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(Write()).Value.AsSpan(4)));
    }

    [Fact]
    public void NoAnswer_AfterAllRepetitions_IsGivenUp()
    {
        var stream = Request();
        var repetitions = 0;
        while (Outgoing.Deadline is { } due)
        {
            _now = due;
            if (Outgoing.Expire(_now))
            {
                Outgoing.Repeat();
                repetitions += Write().Count;
            }
        }

        Assert.Equal(Part.Options.MaxRetransmissions, repetitions);
        Assert.Equal(SctpEventKind.OutgoingStreamResetFailed, Told());
        Assert.Equal(StreamResetState.None, stream.Reset);
        Assert.Equal(1, _context.Tally.StreamResetsAbandoned);
    }

    [Fact]
    public void Incoming_BeforeItsLastTsn_WaitsForIt()
    {
        Assert.Equal(ReconfigResult.InProgress, Incoming.OnRequest(RequestOf(5000, lastTsn: 5000, stream: 1)));
        Incoming.PerformDeferred();
        Assert.Equal(0, _context.Events.Pending.Count);

        Part.Take(_block.Receiver, 5000);
        Incoming.PerformDeferred();
        Assert.Equal(SctpEventKind.MessageReceived, Told());
        Assert.Equal(SctpEventKind.IncomingStreamReset, Told());

        // The peer asks again, under the next number, for what has been done in the meantime.
        Assert.Equal(ReconfigResult.Performed, Incoming.OnRequest(RequestOf(5001, lastTsn: 5000, stream: 1)));
        Assert.Equal(0, _context.Events.Pending.Count);
    }

    [Fact]
    public void Incoming_Repeated_IsAnsweredAgainAndDoneOnce()
    {
        Assert.Equal(ReconfigResult.Performed, Incoming.OnRequest(RequestOf(5000, lastTsn: 4999, stream: 1)));
        Assert.Equal(ReconfigResult.Performed, Incoming.OnRequest(RequestOf(5000, lastTsn: 4999, stream: 1)));
        Assert.Equal(1, _context.Events.Pending.Count);
        Assert.Equal(ReconfigResult.BadSequenceNumber, Incoming.OnRequest(RequestOf(5002, lastTsn: 4999, stream: 1)));
    }

    [Fact]
    public void Incoming_OfAnotherKind_IsDenied()
    {
        Assert.Equal(ReconfigResult.Denied, Incoming.Refuse(5000));
        Assert.Equal(ReconfigResult.Denied, Incoming.Refuse(5000));
        Assert.Equal(ReconfigResult.BadSequenceNumber, Incoming.Refuse(5007));
        Assert.Equal(5000u, Incoming.LastNumber);
    }

    private static byte[] RequestOf(uint number, uint lastTsn, ushort stream)
    {
        var value = new byte[14];
        BinaryPrimitives.WriteUInt32BigEndian(value, number);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), lastTsn);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(12), stream);
        return value;
    }

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(each => each.ToString("X2", null)));

    private OutgoingStream Request()
    {
        var stream = _block.Sender.Queue.StreamOf(new StreamId(3));
        Outgoing.Add(stream);
        Assert.Single(Write());
        return stream;
    }

    private List<(ChunkType Type, byte[] Value)> Write() =>
        Part.Written((ref ChunkWriter writer) => Outgoing.Write(ref writer, Incoming.LastNumber, new Tsn(1000), Timeout, _now));

    private SctpEventKind Told()
    {
        Assert.True(_context.Events.Pending.TryDequeue(out var told));
        return told.Kind;
    }
}
