using Parley.Net;

namespace Parley.Sctp.Tests;

public class TransferTests
{
    public static TheoryData<ulong> Seeds => new(Enumerable.Range(1, 40).Select(seed => (ulong)seed));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Send_OverABadNetwork_DeliversEachMessageOnceInOrder(ulong seed)
    {
        var options = new SctpOptions
        {
            MaxRetransmissions = 1000,
            InitialTsn = seed % 3 == 0 ? uint.MaxValue - 20 : null,
            Interleaving = seed % 2 == 0,
        };
        var pair = Pair.Connected(seed, options, options);
        pair.Loss = 0.2 + 0.1 * (seed % 2);
        pair.Duplication = 0.1;
        pair.Jitter = TimeSpan.FromMilliseconds(seed % 5 * 10);
        var random = RandomSource.Seeded(seed);
        var sent = new Dictionary<(string, ushort), List<byte[]>>();
        for (var index = 0; index < 120; index++)
        {
            var from = random.Next(2) == 0 ? pair.A : pair.B;
            var stream = (ushort)random.Next(4);
            var message = new byte[1 + random.Next(random.Next(4) == 0 ? 20_000 : 300)];
            random.Fill(message);
            Assert.Equal(
                SctpSendStatus.Queued, from.Association.Send(new StreamId(stream), PayloadProtocolId.Binary, message, default, pair.Now));
            var key = (pair.PeerOf(from).Name, stream);
            (sent.TryGetValue(key, out var list) ? list : sent[key] = []).Add(message);
            if (random.Next(4) == 0)
            {
                pair.RunFor(TimeSpan.FromMilliseconds(random.Next(50)));
            }
        }

        Assert.True(pair.RunUntil(() => pair.A.Messages.Count() + pair.B.Messages.Count() >= 120), $"seed {seed}");
        pair.RunFor(TimeSpan.FromSeconds(30));
        foreach (var ((name, stream), messages) in sent)
        {
            var got =
                (name == "A" ? pair.A : pair.B).Messages.Where(told => told.Stream.Value == stream).Select(told => told.Payload).ToList();
            Assert.Equal(messages, got);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Send_UnorderedOverABadNetwork_DeliversEachMessageOnce(ulong seed)
    {
        var options = new SctpOptions { MaxRetransmissions = 1000, Interleaving = seed % 2 == 0 };
        var pair = Pair.Connected(seed, options, options);
        pair.Loss = 0.25;
        pair.Duplication = 0.1;
        pair.Jitter = TimeSpan.FromMilliseconds(30);
        var random = RandomSource.Seeded(seed);
        var sent = new List<string>();
        for (var index = 0; index < 100; index++)
        {
            var message = new byte[16 + random.Next(4000)];
            random.Fill(message);
            sent.Add(Convert.ToHexString(message));
            pair.A.Association.Send(new StreamId(7), PayloadProtocolId.Binary, message, new SctpSendOptions { Unordered = true }, pair.Now);
        }

        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() >= 100), $"seed {seed}");
        pair.RunFor(TimeSpan.FromSeconds(30));
        Assert.Equal(sent.Order(), pair.B.Messages.Select(told => Convert.ToHexString(told.Payload)).Order());
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(16 * 1024 * 1024)]
    public void Send_BigMessage_ArrivesWhole(int size)
    {
        var options = new SctpOptions { MaxMessageSize = size, RemoteMaxMessageSize = size };
        var pair = Pair.Connected(1, options, options);
        pair.Loss = 0.001;
        var message = new byte[size];
        RandomSource.Seeded(9).Fill(message);

        Assert.Equal(SctpSendStatus.Queued, pair.A.Association.Send(new StreamId(0), PayloadProtocolId.Binary, message, default, pair.Now));
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any()));

        Assert.True(message.AsSpan().SequenceEqual(pair.B.Messages.Single().Payload));
    }
}
