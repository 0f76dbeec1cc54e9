using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

public class HeartbeatTests
{
    private static readonly TimeSpan Timeout = Part.Milliseconds(300);
    private readonly Heartbeat _heartbeat = new();

    [Fact]
    public void Question_IsWrittenOnce_AndItsAnswerMeasuresTheRoundTrip()
    {
        _heartbeat.Request(42);
        var chunk = Assert.Single(Write());
        Assert.Equal(ChunkType.Heartbeat, chunk.Type);
        Assert.True(Heartbeat.TryReadNonce(chunk.Value, out var nonce));
        Assert.Empty(Write());

        Assert.Null(_heartbeat.OnAnswered(nonce + 1, Part.Begin));
        Assert.Equal(Part.Milliseconds(30), _heartbeat.OnAnswered(nonce, Part.Begin + Part.Milliseconds(30)));
        Assert.Null(_heartbeat.OnAnswered(nonce, Part.Begin + Part.Milliseconds(31)));
        Assert.Null(_heartbeat.Deadline);
    }

    [Fact]
    public void Answer_DoesNotCome_IsToldOnce()
    {
        _heartbeat.Request(42);
        Assert.Null(_heartbeat.Deadline);
        Write();
        Assert.Equal(Part.Begin + Timeout, _heartbeat.Deadline);

        Assert.False(_heartbeat.ExpireAnswer(Part.Begin + Timeout - Part.Milliseconds(1)));
        Assert.True(_heartbeat.ExpireAnswer(Part.Begin + Timeout));
        Assert.False(_heartbeat.ExpireAnswer(Part.Begin + Timeout));
        Assert.Null(_heartbeat.OnAnswered(42, Part.Begin + Timeout));
    }

    [Fact]
    public void Packet_WithoutRoom_LeavesTheQuestionForTheNext()
    {
        _heartbeat.Request(42);
        Assert.Empty(Write(room: Heartbeat.ChunkLength - 4));
        Assert.Single(Write());
    }

    [Fact]
    public void Stopped_AsksNothing()
    {
        _heartbeat.Schedule(Part.Begin);
        _heartbeat.Request(42);
        _heartbeat.Stop();

        Assert.Empty(Write());
        Assert.False(_heartbeat.Expire(Part.Begin));
    }

    private List<(ChunkType Type, byte[] Value)> Write(int room = 100) =>
        Part.Written((ref ChunkWriter writer) => _heartbeat.Write(ref writer, Timeout, Part.Begin), room);
}
