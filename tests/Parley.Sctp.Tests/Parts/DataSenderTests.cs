using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

/// <summary><see cref="DataSender"/> and <see cref="SkippedMessages"/>, without a peer.</summary>
public class DataSenderTests
{
    private readonly AssociationContext _context = Part.Context();
    private readonly DataSender _sender;
    private Instant _now = Part.Begin;

    public DataSenderTests() => _sender = Part.Block(_context).Sender;

    [Fact]
    public void Messages_LeaveUpToTheWindow_AndGoOnWhenTheyAreAcknowledged()
    {
        Send(40_000);
        var sent = Transmit();
        Assert.InRange(_sender.Outstanding.InFlight, _sender.Congestion.Window, _sender.Congestion.Window + 1160);
        Assert.False(_sender.IsDrained);

        _now += Part.Milliseconds(20);
        Acknowledge(sent[^1]);
        Assert.Equal(Part.Milliseconds(20), _sender.RoundTrip.Smoothed);
        Assert.True(Transmit()[0] == sent[^1] + 1);
    }

    [Fact]
    public void StateThatLetsNothingBegin_StillRepeatsWhatIsLost()
    {
        Send(5_000);
        var sent = Transmit();
        Send(5_000);
        _now = _sender.Deadline!.Value;
        Assert.True(_sender.ExpireT3(_now));
        Assert.False(_sender.ExpireT3(_now));
        _sender.OnTimeout(_now);

        Assert.Equal(sent[0], Transmit(mayBegin: false)[0]);
        Assert.Equal(1, _context.Tally.RetransmissionTimeouts);
        Assert.Equal(1160, _sender.Congestion.Window);
    }

    [Fact]
    public void ThreeLaterPacketsAcknowledged_RepeatsTheOneBefore()
    {
        Send(11_000);
        var sent = Transmit();
        _now += Part.Milliseconds(20);
        var window = _sender.Congestion.Window;
        Acknowledge(sent[0] - 1, (2, 4));

        Assert.True(_sender.Congestion.Window < window);
        Assert.Equal(sent[0], Transmit()[0]);
        Assert.Equal(1, _context.Tally.Retransmissions);
    }

    [Fact]
    public void EndOfAFlight_IsProbedBeforeTheTimer()
    {
        Send(1_000);
        var first = Transmit();
        _now += Part.Milliseconds(20);
        Acknowledge(first[^1]);
        Send(3_000);
        var sent = Transmit();

        _now = _sender.Deadline!.Value;
        Assert.False(_sender.ExpireT3(_now));
        _sender.Advance(mayBegin: true, _now);
        Assert.Equal([sent[^1]], Transmit());
    }

    [Fact]
    public void PeersWindowClosed_LetsOneChunkAsk()
    {
        Send(1_000);
        var first = Transmit();
        Acknowledge(first[^1], window: 0);
        Send(10_000);
        Assert.Single(Transmit());
        Assert.Equal(0, _sender.PeerWindow);
    }

    [Fact]
    public void MessageThatMayNotBeRepeated_IsSkipped_AndToldAgainOnlyAfterARoundTrip()
    {
        Send(100, new SctpSendOptions { MaxRetransmits = 0 });
        var sent = Transmit();
        _now = _sender.Deadline!.Value;
        Assert.True(_sender.ExpireT3(_now));
        _sender.OnTimeout(_now);

        Assert.True(_sender.Skipped.IsDue);
        var chunk = Assert.Single(Part.Written((ref ChunkWriter writer) => _sender.WriteSkipped(ref writer, _now)));
        Assert.Equal(ChunkType.ForwardTsn, chunk.Type);
        Assert.Equal(sent[0], BinaryPrimitives.ReadUInt32BigEndian(chunk.Value));
        Assert.Equal(1, _context.Tally.MessagesAbandoned);

        _sender.Skipped.Offer(Part.Milliseconds(20), _now + Part.Milliseconds(20));
        Assert.False(_sender.Skipped.IsDue);
        _sender.Skipped.Offer(Part.Milliseconds(20), _now + Part.Milliseconds(21));
        Assert.True(_sender.Skipped.IsDue);

        Acknowledge(sent[0]);
        Assert.Empty(Part.Written((ref ChunkWriter writer) => _sender.WriteSkipped(ref writer, _now)));
        Assert.False(_sender.Skipped.IsDue);
    }

    [Fact]
    public void PeerThatTakesBackWithoutEnd_IsNotBelieved()
    {
        Send(11_000);
        var sent = Transmit();
        for (var turn = 0; turn < 70_000; turn++)
        {
            var gap = (ushort)(turn % 2 == 0 ? 2 : 4);
            if (!_sender.OnSack(Parse(Part.Sack(sent[0] - 1, 100_000, (gap, gap))), _now) || !TakeBack(sent[0]))
            {
                return;
            }
        }

        Assert.Fail("taken back for ever");
    }

    [Fact]
    public void Stopped_WaitsForNothing()
    {
        Send(5_000);
        Transmit();
        Assert.NotNull(_sender.Deadline);
        _sender.Stop();
        Assert.Null(_sender.Deadline);
    }

    private static SackChunk Parse(byte[] value)
    {
        Assert.True(SackChunk.TryParse(value, out var sack, out _));
        return sack;
    }

    private bool TakeBack(uint first)
    {
        Transmit(mayBegin: false);
        return _sender.OnSack(Parse(Part.Sack(first - 1, 100_000, (9, 9))), _now);
    }

    private void Send(int length, SctpSendOptions options = default) =>
        _sender.Queue.Enqueue(_sender.Queue.StreamOf(new StreamId(1)), 53, new byte[length], options, _now);

    private void Acknowledge(uint cumulative, params (ushort Start, ushort End)[] gaps) =>
        Assert.True(_sender.OnSack(Parse(Part.Sack(cumulative, 100_000, gaps)), _now));

    private void Acknowledge(uint cumulative, uint window) => Assert.True(_sender.OnSack(Parse(Part.Sack(cumulative, window)), _now));

    // The TSNs of all that may leave now.
    private List<uint> Transmit(bool mayBegin = true)
    {
        var tsns = new List<uint>();
        while (Part.Written((ref ChunkWriter writer) => _sender.Write(ref writer, mayBegin, _now)) is { Count: > 0 } chunks)
        {
            tsns.AddRange(chunks.Select(chunk => BinaryPrimitives.ReadUInt32BigEndian(chunk.Value)));
        }

        return tsns;
    }
}
