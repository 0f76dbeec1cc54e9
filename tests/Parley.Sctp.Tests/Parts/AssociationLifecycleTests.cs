using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

/// <summary>
/// <see cref="AssociationLifecycle"/>, and the <see cref="ControlBlock"/>, <see cref="EventReader"/> and <see cref="AssociationContext"/>
/// it works with.
/// </summary>
public class AssociationLifecycleTests
{
    private readonly AssociationContext _context = Part.Context();
    private readonly Outbox _outbox;
    private readonly AssociationLifecycle _life;
    private readonly byte[] _packet = new byte[1160];
    private Instant _now = Part.Begin;

    public AssociationLifecycleTests()
    {
        _outbox = new Outbox(Part.Options, _context.Tally);
        _life = new AssociationLifecycle(Part.Options, _context, _outbox, new Handshake(Part.Options, RandomSource.Seeded(5)));
    }

    [Fact]
    public void Init_NotAnswered_IsRepeated_ThenGivenUp()
    {
        _life.Connect(_now);
        var sent = 0;
        while (!_life.HasEnded)
        {
            var length = _life.Transmit(_packet, _now);
            Assert.Equal([ChunkType.Init], Chunks.TypesOf(_packet[..length]));
            Assert.Equal(0, _life.Transmit(_packet, _now));
            sent++;
            _now = _life.Deadline!.Value;
            _life.Advance(_now);
        }

        Assert.Equal(1 + Part.Options.MaxInitRetransmissions, sent);
        Assert.True(_context.Events.TryRead(false, out var told));
        Assert.Equal((SctpEventKind.Failed, SctpFailure.ConnectTimeout), (told.Kind, told.Failure));
        Assert.Null(_life.Deadline);
    }

    [Fact]
    public void InitAck_MakesAControlBlock_AndTheCookieEchoLeaves()
    {
        _life.Connect(_now);
        _life.Transmit(_packet, _now);
        var before = _life.Block;
        _life.OnInitAck(InitAck());

        Assert.IsType<AssociationPhase.CookieEchoed>(_life.Phase);
        Assert.NotSame(before, _life.Block);
        Assert.Equal(3, _life.Block.OutboundStreams);
        var length = _life.Transmit(_packet, _now);
        Assert.Equal([1, 2, 3, 4], Chunks.ValueOf(_packet[..length], ChunkType.CookieEcho));
        Assert.Equal(77u, Chunks.TagOf(_packet));

        _life.OnCookieAck(_now);
        Assert.IsType<AssociationPhase.Established>(_life.Phase);
        Assert.Equal(3, _life.MaxStreams);
        Assert.Null(_life.Deadline);
        Assert.NotNull(_life.Block.Deadline);
        Assert.True(_context.Events.TryRead(false, out var told));
        Assert.Equal(SctpEventKind.Connected, told.Kind);
    }

    [Fact]
    public void Shutdown_WithNothingQueued_IsSentUntilItIsAnswered()
    {
        Establish();
        _life.Shutdown(_now);
        Assert.IsType<AssociationPhase.ShutdownSent>(_life.Phase);
        Assert.Equal([ChunkType.Shutdown], Written());
        Assert.Empty(Written());

        _now = _life.Deadline!.Value;
        _life.Advance(_now);
        Assert.Equal([ChunkType.Shutdown], Written());

        _life.OnShutdownAck();
        Assert.True(_life.HasEnded);
        Assert.Equal([ChunkType.ShutdownComplete], Chunks.TypesOf(_packet[.._outbox.TryTake(_packet)]));
    }

    [Fact]
    public void StaleCookie_BeginsAgain_WithAFreshCount()
    {
        _life.Connect(_now);
        _life.Transmit(_packet, _now);
        _life.OnInitAck(InitAck());
        _life.Transmit(_packet, _now);
        _life.Advance(_life.Deadline!.Value);
        _life.OnStaleCookie();

        var waiting = Assert.IsType<AssociationPhase.CookieWait>(_life.Phase);
        Assert.Equal(0, waiting.Chunk.Expirations);
        Assert.Equal([ChunkType.Init], Chunks.TypesOf(_packet[.._life.Transmit(_packet, _now)]));
    }

    [Fact]
    public void Errors_InARow_EndIt_UnlessThePeerAnswersBetween()
    {
        Establish();
        for (var count = 0; count < Part.Options.MaxRetransmissions; count++)
        {
            Assert.True(_life.CountError());
        }

        _life.OnAnswered();
        for (var count = 0; count < Part.Options.MaxRetransmissions; count++)
        {
            Assert.True(_life.CountError());
        }

        Assert.False(_life.CountError());
        Assert.True(_life.HasEnded);
        Assert.Equal([ChunkType.Abort], Chunks.TypesOf(_packet[.._outbox.TryTake(_packet)]));
    }

    [Fact]
    public void EventReader_HoldsMessagesBack_AndCountsWhatIsNotRead()
    {
        var events = new EventReader();
        events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.MessageReceived, Charge = 10 });
        events.Pending.Enqueue(new PendingEvent { Kind = SctpEventKind.Closed });

        Assert.False(events.TryRead(holdsMessages: true, out _));
        Assert.True(events.TryRead(holdsMessages: false, out var message));
        Assert.Equal(SctpEventKind.MessageReceived, message.Kind);
        Assert.Equal(10, events.Held);
        Assert.Equal(10, events.Read.Charge);
        events.Release();
        Assert.Equal(0, events.Read.Charge);
        Assert.True(events.TryRead(holdsMessages: true, out var closed));
        Assert.Equal(SctpEventKind.Closed, closed.Kind);
        Assert.Equal(0, events.Held);
    }

    [Fact]
    public void DroppedPacket_IsCounted()
    {
        _life.Connect(_now);
        _life.OnInitAck([1, 2, 3]);
        Assert.Equal(1, _context.Tally.PacketsDropped);
        Assert.IsType<AssociationPhase.CookieWait>(_life.Phase);
    }

    private static byte[] InitAck() => Assert.Single(Part.Written((ref ChunkWriter writer) => new InitChunk
    {
        InitiateTag = 77,
        ReceiverWindow = 100_000,
        OutboundStreams = 9,
        InboundStreams = 3,
        InitialTsn = new Tsn(5000),
        Cookie = new byte[] { 1, 2, 3, 4 },
    }.Write(ref writer))).Value;

    private void Establish()
    {
        _life.Connect(_now);
        _life.Transmit(_packet, _now);
        _life.OnInitAck(InitAck());
        _life.OnCookieAck(_now);
        Assert.True(_life.Phase.MayBegin);
    }

    private List<ChunkType> Written() =>
        [.. Part.Written((ref ChunkWriter writer) => _life.WriteShutdown(ref writer, _now)).Select(chunk => chunk.Type)];
}
