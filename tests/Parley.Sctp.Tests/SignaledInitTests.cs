using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

/// <summary>INITs exchanged in descriptions (draft-hancke-tsvwg-snap) in place of the handshake.</summary>
public class SignaledInitTests
{
    private static readonly ChunkType[] Handshake = [ChunkType.Init, ChunkType.InitAck, ChunkType.CookieEcho, ChunkType.CookieAck];

    // The draft's own example.
    private static readonly byte[] Example = Convert.FromBase64String("AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA");

    [Fact]
    public void Connect_WithBothInits_IsEstablishedAtOnceAndSendsNothing()
    {
        var pair = Signaled(new SctpOptions());
        pair.A.Association.Connect(pair.Now);
        pair.B.Association.Connect(pair.Now);
        Assert.Equal(SctpState.Established, pair.A.Association.State);
        Assert.Equal(SctpState.Established, pair.B.Association.State);
        Assert.Equal(65_535, pair.A.Association.MaxStreams);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(0, pair.PacketsCarried);
        Assert.Equal(SctpEventKind.Connected, Assert.Single(pair.A.Events).Kind);
        Assert.Equal(SctpEventKind.Connected, Assert.Single(pair.B.Events).Kind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Messages_AfterSignaledInits_ArriveBothWaysWithoutAHandshake(double loss)
    {
        var pair = Signaled(new SctpOptions());
        pair.Loss = loss;
        pair.A.Association.Connect(pair.Now);
        pair.B.Association.Connect(pair.Now);
        var large = new byte[100_000];
        Random.Shared.NextBytes(large);
        foreach (var side in new[] { pair.A, pair.B })
        {
            Assert.Equal(SctpSendStatus.Queued, side.Association.Send(new StreamId(3), PayloadProtocolId.Binary, large, default, pair.Now));
        }

        Assert.True(pair.RunUntil(() => pair.A.Messages.Any() && pair.B.Messages.Any()));
        Assert.Equal(large, pair.A.Messages.Single().Payload);
        Assert.Equal(large, pair.B.Messages.Single().Payload);
        Assert.DoesNotContain(pair.A.Sent.Concat(pair.B.Sent), packet => Chunks.TypesOf(packet).Any(Handshake.Contains));
    }

    /// <summary>What the four-way handshake would have agreed on is what the INITs agree on.</summary>
    [Theory]
    [InlineData(true, true, true, true)]
    [InlineData(true, false, true, true)]
    [InlineData(true, true, true, false)]
    [InlineData(false, false, false, true)]
    public void Capabilities_OfSignaledInits_AreThoseOfAHandshake(bool zeroA, bool zeroB, bool interleavingA, bool interleavingB)
    {
        var a = new SctpOptions
        {
            ZeroChecksum = zeroA,
            Interleaving = interleavingA,
            Streams = 100,
            MaxDiscoveredPacketSize = SctpAssociation.LargestPacket,
        };
        var b = new SctpOptions
        {
            ZeroChecksum = zeroB,
            Interleaving = interleavingB,
            Streams = 200,
            ReceiveBufferSize = 600 * 1024,
            MaxMessageSize = 1024,
        };
        Assert.Equal(Conversation(new Pair(7, a, b)), Conversation(Signaled(a, b)));

        static string Conversation(Pair pair)
        {
            pair.A.Association.Connect(pair.Now);
            pair.B.Association.Connect(pair.Now);
            Assert.True(
                pair.RunUntil(() =>
                    pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established));
            var windows = $"{pair.A.Association.Statistics.PeerReceiveWindow} {pair.B.Association.Statistics.PeerReceiveWindow}";
            pair.A.Sent.Clear();
            pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], default, pair.Now);
            pair.Flush();
            var isZero = Chunks.ChecksumOf(pair.A.Sent[0]) == 0;
            return $"{pair.A.Association.MaxStreams} {pair.B.Association.MaxStreams} | {windows} | {pair.A.Association.Agreed} "
                + $"| {pair.B.Association.Agreed} | {isZero}";
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connect_WithOneInitOnly_MakesTheHandshake(bool local)
    {
        var init = SctpInit.Create(Pair.Plain, RandomSource.Seeded(1));
        var pair = new Pair(1, local ? Pair.Plain with { LocalInit = init } : Pair.Plain with { RemoteInit = init });
        pair.A.Association.Connect(pair.Now);
        Assert.Equal(SctpState.CookieWait, pair.A.Association.State);
        pair.B.Association.Connect(pair.Now);
        Assert.True(
            pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established));
        var sent = Chunks.ValueOf(pair.A.Sent[0], ChunkType.Init);
        Assert.Equal(local, sent.AsSpan(0, 4).SequenceEqual(init.Chunk.Span[4..8]));
        Assert.Equal(local, sent.AsSpan(12, 4).SequenceEqual(init.Chunk.Span[16..20]));
    }

    /// <summary>
    /// Somebody between the two has taken the answer's INIT away: one side waits for a handshake that the other believes done.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Connect_WithAPeerThatKnowsOnlyItsOwnInit_EndsInOneAssociationAndLosesNothing(double loss)
    {
        var options = Inits(Pair.Plain, Pair.Plain);
        var pair = new Pair(1, options.A with { RemoteInit = null }, options.B) { Loss = loss };
        pair.B.Association.Connect(pair.Now);
        Assert.Equal(
            SctpSendStatus.Queued, pair.B.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1, 2, 3], default, pair.Now));
        pair.RunFor(TimeSpan.FromMilliseconds(100));
        pair.A.Association.Connect(pair.Now);
        Assert.True(pair.RunUntil(() => pair.A.Messages.Any()));
        Assert.Equal(SctpSendStatus.Queued, pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [4, 5], default, pair.Now));
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any()));
        Assert.Equal([SctpEventKind.Connected, SctpEventKind.MessageReceived], pair.B.Events.Select(told => told.Kind));
        Assert.Equal([SctpEventKind.Connected, SctpEventKind.MessageReceived], pair.A.Events.Select(told => told.Kind));
    }

    [Fact]
    public void Restart_OfAPeerWhoseInitWasSignaled_IsOne()
    {
        var options = Inits(Pair.Plain, Pair.Plain);
        var pair = new Pair(1, options.A, options.B);
        pair.A.Association.Connect(pair.Now);
        pair.B.Association.Connect(pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));
        pair.B.Events.Clear();

        // A comes again without its state.
        var again = new Pair.Side("A again", Pair.Plain, RandomSource.Seeded(99));
        again.Association.Connect(pair.Now);
        var buffer = new byte[2048];
        for (var turn = 0; turn < 4; turn++)
        {
            while (again.Association.Transmit(buffer, pair.Now) is var length && length > 0)
            {
                pair.Inject(pair.B, buffer[..length]);
            }

            while (pair.B.Association.Transmit(buffer, pair.Now) is var length && length > 0)
            {
                again.Association.Receive(buffer.AsSpan(0, length), pair.Now);
            }
        }

        Assert.Equal(SctpState.Established, again.Association.State);
        Assert.Equal([SctpEventKind.Restarted, SctpEventKind.Connected], pair.B.Events.Select(told => told.Kind));
    }

    [Fact]
    public void DraftsExample_Read_HasItsFields()
    {
        Assert.True(SctpInit.TryParse(Example, out var init));
        Assert.Equal(Example, init.Chunk.ToArray());
        Assert.Equal(0x896CDD1Du, init.Tag);
        Assert.Equal(0xE079651Du, init.InitialTsn.Value);
        Assert.Equal(0x500000u, init.ReceiverWindow);
        Assert.Equal(65_535, init.InboundStreams);
        Assert.Equal(PeerCapabilities.PartialReliability | PeerCapabilities.Reconfiguration, init.Capabilities);
    }

    [Fact]
    public void Created_Read_IsTheSame()
    {
        var options = new SctpOptions { MaxDiscoveredPacketSize = SctpAssociation.LargestPacket };
        var made = SctpInit.Create(options, RandomSource.Seeded(3));
        Assert.True(SctpInit.TryParse(made.Chunk.Span, out var read));
        Assert.Equal((made.Tag, made.InitialTsn, made.ReceiverWindow), (read.Tag, read.InitialTsn, read.ReceiverWindow));
        Assert.Equal(options.Capabilities, read.Capabilities);
        Assert.NotEqual(made.Tag, SctpInit.Create(options, RandomSource.Seeded(4)).Tag);
    }

    /// <summary>A last parameter may come with its padding or without (RFC 9260 §3.2).</summary>
    [Fact]
    public void Padded_IsRead() => Assert.True(SctpInit.TryParse([.. Example, 0, 0], out _));

    [Fact]
    public void CutAnywhere_OrFollowedByMore_IsRefused()
    {
        for (var length = 0; length < Example.Length; length++)
        {
            Assert.False(SctpInit.TryParse(Example.AsSpan(0, length), out _), $"{length}");
        }

        Assert.False(SctpInit.TryParse([.. Example, 0, 0, 0], out _));
        Assert.False(SctpInit.TryParse([.. Example, 0, 0, .. Example], out _));
    }

    [Theory]
    [InlineData(0, 2, "an INIT ACK")]
    [InlineData(3, 31, "a length beyond the end")]
    [InlineData(3, 3, "a length of less than a header")]
    [InlineData(27, 200, "a parameter beyond the end")]
    public void Altered_IsRefused(int at, byte value, string why)
    {
        var chunk = Example.ToArray();
        chunk[at] = value;
        Assert.False(SctpInit.TryParse(chunk, out _), why);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(12, 2)]
    [InlineData(14, 2)]
    public void WithoutATagOrStreams_IsRefused(int at, int length)
    {
        var chunk = Example.ToArray();
        chunk.AsSpan(at, length).Clear();
        Assert.False(SctpInit.TryParse(chunk, out _));
    }

    [Fact]
    public void Noise_IsNeverMoreThanRefused()
    {
        var random = RandomSource.Seeded(11);
        for (var round = 0; round < 20_000; round++)
        {
            var chunk = Example.ToArray();
            for (var changes = 1 + random.Next(4); changes > 0; changes--)
            {
                chunk[random.Next(chunk.Length)] = (byte)random.Next(256);
            }

            if (SctpInit.TryParse(chunk, out var init))
            {
                Assert.NotEqual(0u, init.Tag);
            }
        }
    }

    private static Pair Signaled(SctpOptions a, SctpOptions? b = null)
    {
        var options = Inits(a, b ?? a);
        return new Pair(7, options.A, options.B);
    }

    private static (SctpOptions A, SctpOptions B) Inits(SctpOptions a, SctpOptions b)
    {
        var (ofA, ofB) = (SctpInit.Create(a, RandomSource.Seeded(21)), SctpInit.Create(b, RandomSource.Seeded(22)));
        return (a with { LocalInit = ofA, RemoteInit = ofB }, b with { LocalInit = ofB, RemoteInit = ofA });
    }
}
