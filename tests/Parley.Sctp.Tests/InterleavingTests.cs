using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class InterleavingTests
{
    private static readonly SctpOptions Patient = new() { MaxRetransmissions = 1000 };

    public static TheoryData<ulong> Seeds => new(Enumerable.Range(1, 30).Select(seed => (ulong)seed));

    [Theory]
    [InlineData(true, true, ChunkType.InterleavedData)]
    [InlineData(true, false, ChunkType.Data)]
    [InlineData(false, true, ChunkType.Data)]
    public void Data_IsInterleavedIfBothSidesOfferIt(bool a, bool b, object expected)
    {
        var pair = Pair.Connected(1, Patient with { Interleaving = a }, Patient with { Interleaving = b });
        pair.A.Sent.Clear();
        Send(pair, 1, 5000);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any()));

        Assert.Contains(pair.A.Sent, packet => Chunks.Has(packet, (ChunkType)expected));
        Assert.DoesNotContain(
            pair.A.Sent, packet => Chunks.Has(packet, (ChunkType)expected == ChunkType.Data ? ChunkType.InterleavedData : ChunkType.Data));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SmallMessage_BehindALargeOneOfAnotherStream_WaitsForItOnlyWithoutInterleaving(bool interleaving)
    {
        var pair = Pair.Connected(1, Patient with { Interleaving = interleaving }, Patient);
        Send(pair, 1, 250_000);
        pair.RunFor(TimeSpan.FromMilliseconds(5));
        Send(pair, 2, 100);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 2));

        Assert.Equal(interleaving ? [2, 1] : [1, 2], pair.B.Messages.Select(told => (int)told.Stream.Value));
    }

    [Theory]
    [InlineData(StreamScheduler.WeightedFair, 3.0)]
    [InlineData(StreamScheduler.RoundRobin, 1.0)]
    public void Streams_ShareThePathByTheScheduler(StreamScheduler scheduler, double expected)
    {
        var pair = Pair.Connected(1, Patient with { Scheduler = scheduler }, Patient);
        pair.A.Association.Prioritize(new StreamId(1), 768);
        pair.A.Association.Prioritize(new StreamId(2), 256);
        for (var index = 0; index < 8; index++)
        {
            Send(pair, 1, 250_000);
            Send(pair, 2, 250_000);
        }

        Assert.True(pair.RunUntil(() => pair.A.Association.TotalBufferedAmount < 2_500_000));
        var sent = new[] { 1, 2 }.Select(stream => 2_000_000.0 - pair.A.Association.BufferedAmount(new StreamId((ushort)stream))).ToArray();

        Assert.InRange(sent[0] / sent[1], 0.9 * expected, 1.1 * expected);
    }

    /// <summary>No message is whole, so that nothing can be read, while all of them fill the first window.</summary>
    [Theory]
    [InlineData(16, 0)]
    [InlineData(64, 0.02)]
    public void MessagesBegunTogether_LargerThanTheWindow_AllComeToTheirEnd(int streams, double loss)
    {
        var pair = Pair.Connected(1, Patient, Patient);
        pair.Loss = loss;
        for (var stream = 0; stream < streams; stream++)
        {
            Send(pair, (ushort)stream, 250_000);
        }

        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == streams, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void LargeMessagesOfManyStreams_OverABadNetwork_ComeWholeOnceAndInTheirStreamsOrder(ulong seed)
    {
        var pair = Pair.Connected(seed, Patient, Patient with { InitialTsn = uint.MaxValue - 30 });
        pair.Loss = 0.15;
        pair.Duplication = 0.1;
        pair.Jitter = TimeSpan.FromMilliseconds(20);
        var random = RandomSource.Seeded(seed);
        var sent = Enumerable.Range(0, 5).Select(_ => new List<byte[]>()).ToArray();
        for (var index = 0; index < 60; index++)
        {
            var stream = random.Next(5);
            var message = new byte[1 + random.Next(15_000)];
            random.Fill(message);
            sent[stream].Add(message);
            Assert.Equal(
                SctpSendStatus.Queued,
                pair.A.Association.Send(new StreamId((ushort)stream), PayloadProtocolId.Binary, message,
                    new SctpSendOptions { Unordered = stream == 4 }, pair.Now));
        }

        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 60), $"seed {seed}: {pair.B.Messages.Count()}");
        for (var stream = 0; stream < 5; stream++)
        {
            var got = pair.B.Messages.Where(told => told.Stream.Value == stream).Select(told => told.Payload);
            Assert.Equal(sent[stream].Select(Convert.ToHexString).Order(), got.Select(Convert.ToHexString).Order());
            Assert.True(stream == 4 || sent[stream].SequenceEqual(got, ByteArrays.Instance), $"seed {seed}: order of stream {stream}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void MessagesGivenUp_OverABadNetwork_LeaveTheOthersWholeAndHoldNoMemory(ulong seed)
    {
        var pair = Pair.Connected(seed, Patient, Patient);
        pair.Loss = 0.2;
        pair.Jitter = TimeSpan.FromMilliseconds(20);
        var random = RandomSource.Seeded(seed);
        for (var index = 0; index < 80; index++)
        {
            var message = new byte[1 + random.Next(10_000)];
            message.AsSpan().Fill((byte)index);
            var stream = (ushort)random.Next(4);
            var options =
                new SctpSendOptions { Unordered = random.Next(2) == 0, MaxRetransmits = stream == 3 ? null : (ushort)random.Next(2) };
            Assert.Equal(
                SctpSendStatus.Queued, pair.A.Association.Send(new StreamId(stream), PayloadProtocolId.Binary, message, options, pair.Now));
        }

        pair.RunFor(TimeSpan.FromMinutes(2));
        pair.Loss = 0;
        pair.RunFor(TimeSpan.FromMinutes(2));
        for (ushort stream = 0; stream < 4; stream++)
        {
            Send(pair, stream, 3000);
        }

        Assert.True(
            pair.RunUntil(() => pair.B.Messages.Count(told => told.Payload.Length == 3000 && told.Payload[0] == 0xEE) == 4),
            $"seed {seed}");
        Assert.All(pair.B.Messages, told => Assert.Single(told.Payload.Distinct()));
        Assert.Equal(SctpState.Established, pair.A.Association.State);
        pair.RunFor(TimeSpan.FromMinutes(5));
        Assert.InRange(pair.B.Association.HeldBytes, 0, 64 * 1024);
    }

    [Fact]
    public void Data_WhereMessagesAreInterleaved_EndsTheAssociation()
    {
        var pair = Pair.Connected(1, Patient, Patient);
        Send(pair, 1, 100);
        pair.Flush();
        var packet = pair.A.Sent.Last(sent => Chunks.Has(sent, ChunkType.InterleavedData));
        var tsn = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Chunks.ValueOf(packet, ChunkType.InterleavedData));
        pair.Inject(pair.B, Chunks.Data(Chunks.TagOf(packet), tsn, 1, 0, DataChunk.Beginning | DataChunk.End, new byte[10]));

        Assert.Equal(SctpFailure.ProtocolViolation, pair.B.Events.Single(told => told.Kind == SctpEventKind.Failed).Failure);
    }

    private static void Send(Pair pair, ushort stream, int size)
    {
        var message = new byte[size];
        message.AsSpan().Fill(0xEE);
        Assert.Equal(
            SctpSendStatus.Queued, pair.A.Association.Send(new StreamId(stream), PayloadProtocolId.Binary, message, default, pair.Now));
    }

    private sealed class ByteArrays : IEqualityComparer<byte[]>
    {
        public static readonly ByteArrays Instance = new();

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] bytes) => bytes.Length;
    }
}
