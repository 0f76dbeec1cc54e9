namespace Parley.Tests;

public class DataChannelArgumentTests
{
    [Fact]
    public void Create_ArgumentsOutOfTheText_AreRefused()
    {
        var pair = new Pair();
        DataChannel Create(DataChannelInit init, string label = "") => pair.Alice.CreateDataChannel(label, init);
        Assert.Throws<ArgumentException>(() => Create(new(), new string('ä', 32_768)));
        Assert.Throws<ArgumentException>(() => Create(new() { Protocol = new string('x', 65_536) }));
        Assert.Throws<ArgumentException>(() => Create(new() { Negotiated = true }));
        Assert.Throws<ArgumentException>(() => Create(new() { Negotiated = true, Id = 65_535 }));
        Assert.Throws<ArgumentException>(() => Create(new() { MaxPacketLifeTime = 1, MaxRetransmits = 1 }));
        Create(new() { Negotiated = true, Id = 7 });
        Refused.With(RtcErrorNames.OperationError, () => Create(new() { Negotiated = true, Id = 7 }));
        Assert.Null(Create(new() { Id = 65_535 }).Id);
        Assert.Equal(65_535, Create(new(), new string('x', 65_535)).Label.Length);
    }

    [Fact]
    public void Create_Members_AreAsGiven()
    {
        var channel = new Pair().Alice.CreateDataChannel(
            "label", new DataChannelInit { Ordered = false, MaxRetransmits = 3, Protocol = "p" });
        Assert.Equal(
            ("label", false, (ushort?)3, "p", DataChannelState.Connecting),
            (channel.Label, channel.Ordered, channel.MaxRetransmits, channel.Protocol, channel.ReadyState));
        Refused.With(RtcErrorNames.InvalidStateError, () => channel.Send("too early"));
    }

    [Fact]
    public void Create_NamesWithHalfASurrogatePair_AreShownAsThePeerReadsThem()
    {
        var channel = new Pair().Alice.CreateDataChannel("a\uD800b", new DataChannelInit { Protocol = "\uDC00" });
        Assert.Equal(("a\uFFFDb", "\uFFFD"), (channel.Label, channel.Protocol));
        Assert.Throws<ArgumentNullException>(() => new Pair().Alice.CreateDataChannel("", new DataChannelInit { Protocol = null! }));
    }

    [Fact]
    public void Create_LongestNamesAndExtremeLimits_ArriveAsTheyAre()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            DataChannelInit[] inits =
            [
                new() { Protocol = new string('p', 65_535), Ordered = false, MaxPacketLifeTime = 0 }, new() { MaxRetransmits = 0 },
                new() { MaxRetransmits = ushort.MaxValue }, new() { MaxPacketLifeTime = ushort.MaxValue },
            ];
            var seen = new List<DataChannel>();
            var all = new TaskCompletionSource();
            pair.TrickleBothWays();
            pair.Bob.DataChannelAdded += (_, args) =>
            {
                seen.Add(args.Channel);
                if (seen.Count == inits.Length)
                {
                    all.TrySetResult();
                }
            };
            var made = inits.Select(init => pair.Alice.CreateDataChannel(new string('l', 65_535), init)).ToArray();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await all.Task;
            Assert.Equal(made.Select(Members), seen.OrderBy(channel => channel.Id).Select(Members));

            static object Members(DataChannel channel) => (channel.Id, channel.Label, channel.Protocol, channel.Ordered,
                channel.MaxPacketLifeTime, channel.MaxRetransmits, channel.Negotiated);
        });
    }
}
