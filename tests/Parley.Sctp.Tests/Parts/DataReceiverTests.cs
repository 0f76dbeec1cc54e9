using System.Buffers.Binary;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

/// <summary><see cref="DataReceiver"/> and <see cref="WindowTuning"/>.</summary>
public class DataReceiverTests
{
    private readonly AssociationContext _context = Part.Context();
    private readonly ControlBlock _block;
    private readonly Outbox _outbox = new(Part.Options, new AssociationTally());

    public DataReceiverTests() => _block = Part.Block(_context);

    private DataReceiver Receiver => _block.Receiver;

    [Fact]
    public void LonePacket_IsAcknowledgedAfterTheDelay_TheSecondAtOnce()
    {
        Assert.True(Part.Take(Receiver, 5000));
        Receiver.AfterPacket(_outbox, true, Part.Begin);
        Assert.False(IsSackDue());
        Assert.Equal(Part.Begin + Part.Options.SackDelay, Receiver.Deadline);

        Assert.True(Part.Take(Receiver, 5001));
        Receiver.AfterPacket(_outbox, true, Part.Begin);
        Assert.True(IsSackDue());
        Assert.Equal(5001u, BinaryPrimitives.ReadUInt32BigEndian(WriteSack()));
        Assert.False(IsSackDue());
        Assert.Null(Receiver.Deadline);
    }

    [Fact]
    public void LonePacket_NothingFollows_IsAcknowledgedWhenTheDelayIsOver()
    {
        Part.Take(Receiver, 5000);
        Receiver.AfterPacket(_outbox, true, Part.Begin);
        Receiver.Advance(Part.Begin + Part.Options.SackDelay);
        Assert.True(IsSackDue());
    }

    [Fact]
    public void ImmediateChunk_IsAcknowledgedAtOnce()
    {
        Part.Take(Receiver, 5000, isImmediate: true);
        Receiver.AfterPacket(_outbox, true, Part.Begin);
        Assert.True(IsSackDue());
    }

    [Fact]
    public void Gap_IsToldOfBySacksOfTheirOwn_OneAPacket()
    {
        Part.Take(Receiver, 5001);
        Receiver.AfterPacket(_outbox, true, Part.Begin);
        Part.Take(Receiver, 5002);
        Receiver.AfterPacket(_outbox, true, Part.Begin);

        var told = new List<int>();
        while (Receiver.TryTakeSnapshot(out var packet))
        {
            var value = Chunks.ValueOf(packet.ToArray(), ChunkType.Sack);
            Assert.Equal(4999u, BinaryPrimitives.ReadUInt32BigEndian(value));
            told.Add(BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(SackChunk.FixedLength + 2)));
        }

        Assert.Equal([2, 3], told);
    }

    [Fact]
    public void Duplicate_IsCountedAndAcknowledgedAtOnce()
    {
        Part.Take(Receiver, 5000);
        WriteSack();
        Part.Take(Receiver, 5000);
        Assert.Equal(1, _context.Tally.DuplicateTsns);
        Assert.True(IsSackDue());
        Assert.Equal(1, BinaryPrimitives.ReadUInt16BigEndian(WriteSack().AsSpan(10)));
    }

    [Fact]
    public void MoreThanWasOffered_IsRefused()
    {
        uint tsn = 5000;
        while (_context.Tally.DataChunksRefused == 0)
        {
            Assert.True(Part.Take(Receiver, tsn++, length: 60_000));
            Assert.InRange(tsn, 5000u, 5100u);
        }

        Assert.InRange(Receiver.Reassembly.Buffered, 1024 * 1024 - 60_000, 1024 * 1024 * 3 / 2);
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(WriteSack().AsSpan(4)));
    }

    [Fact]
    public void Window_GrowsToFourTimesWhatIsReadInARoundTrip()
    {
        var now = Part.Begin;
        var tuning = Receiver.Tuning;
        Move(20, now);
        tuning.Tune(now);
        Assert.True(tuning.IsAsking);
        tuning.OnAsked(9, now);
        Assert.False(tuning.IsAsking);

        now += Part.Milliseconds(100);
        Assert.Null(tuning.OnAnswered(8, now));
        Assert.Equal(Part.Milliseconds(100), tuning.OnAnswered(9, now));
        Assert.Null(tuning.OnAnswered(9, now));

        Move(100, now);
        var read = Receiver.Reassembly.Consumed;
        now += Part.Milliseconds(100);
        tuning.Tune(now);
        Assert.InRange(Receiver.Reassembly.Limit, 3.2 * read, 4 * read);
    }

    private uint _next = 5000;

    private void Move(int messages, Parley.Net.Instant now)
    {
        for (var count = 0; count < messages; count++)
        {
            Part.Take(Receiver, _next++, length: 10_000);
            Receiver.AfterPacket(_outbox, true, now);
            Assert.True(_context.Events.TryRead(false, out _));
            Receiver.Reassembly.Consume(_context.Events.Read);
            _context.Events.Release();
        }
    }

    private bool IsSackDue() => Receiver.IsSackDue(_block.Sender, true, Part.Begin);

    private byte[] WriteSack() => Assert.Single(Part.Written(Receiver.WriteSack)).Value;
}
