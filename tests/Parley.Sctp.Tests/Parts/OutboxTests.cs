using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

public class OutboxTests
{
    private readonly AssociationTally _tally = new();
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = new Outbox(Part.Options, _tally) { PeerTag = 7, IsZeroChecksumUsed = true };

    [Fact]
    public void PacketsAlone_AreKeptUpToABound_AndAlwaysHaveAChecksum()
    {
        for (var count = 0; count < 9; count++)
        {
            _outbox.SendAlone(ChunkType.Abort, 1, [], 3);
        }

        Assert.True(_outbox.IsFull);
        var buffer = new byte[1160];
        var taken = 0;
        while (_outbox.TryTake(buffer) is var length and > 0)
        {
            Assert.Equal(3u, Chunks.TagOf(buffer));
            Assert.Equal(Crc32c.OfPacket(buffer.AsSpan(0, length)), Chunks.ChecksumOf(buffer));
            taken++;
        }

        Assert.Equal(8, taken);
        Assert.Equal(8, _tally.PacketsSent);
    }

    [Fact]
    public void CookieAck_IsFirstInItsPacket_AndOneForAnyNumberOfEchos()
    {
        _outbox.QueueError(ErrorCauseCode.UnrecognizedParameters, [1, 2, 3, 4]);
        _outbox.QueueCookieAck();
        _outbox.QueueCookieAck();

        Assert.Equal([ChunkType.CookieAck, ChunkType.Error], Part.Written(_outbox.Write).Select(chunk => chunk.Type));
        Assert.Empty(Part.Written(_outbox.Write));
    }

    [Fact]
    public void Chunks_MoreThanAPacketHolds_AreDropped()
    {
        var value = new byte[500];
        for (var count = 0; count < 3; count++)
        {
            _outbox.Queue(ChunkType.HeartbeatAck, value);
        }

        Assert.Empty(Part.Written(_outbox.Write, room: 1000));
        Assert.Equal(2, Part.Written(_outbox.Write).Count);
    }

    [Fact]
    public void Finished_PacketToThePeer_HasItsTagAndNoChecksumWhereThePeerTakesNone()
    {
        var packet = new byte[16];
        Assert.Equal(16, _outbox.Finish(packet, 16));
        Assert.Equal(7u, Chunks.TagOf(packet));
        Assert.Equal(0u, Chunks.ChecksumOf(packet));
        Assert.Equal(16, _tally.BytesSent);
    }

    [Fact]
    public void Closed_TakesNothing()
    {
        _outbox.Close();
        _outbox.SendAlone(ChunkType.Abort, 0, [], 3);
        Assert.Equal(0, _outbox.TryTake(new byte[1160]));
    }
}
