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
        var channel = new Pair().Alice.CreateDataChannel("label", new DataChannelInit { Ordered = false, MaxRetransmits = 3, Protocol = "p" });
        Assert.Equal(("label", false, (ushort?)3, "p", DataChannelState.Connecting), (channel.Label, channel.Ordered, channel.MaxRetransmits, channel.Protocol, channel.ReadyState));
        Refused.With(RtcErrorNames.InvalidStateError, () => channel.Send("too early"));
    }
}
