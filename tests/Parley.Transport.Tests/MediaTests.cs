using Parley.Rtp;

namespace Parley.Transport.Tests;

public class MediaTests
{
    private static readonly byte[] Picture = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, .. new byte[3000]];

    [Fact]
    public void Picture_ArrivesAtItsSection()
    {
        var pair = Pair.Connected(media: true);
        Assert.True(pair.SendPicture(Picture));
        pair.Expect(() => pair.Right.Frames.Count == 1);

        Assert.Equal(3, pair.Right.Frames[0].Section);
        Assert.Equal(Picture, pair.Right.Frames[0].Data);
        Assert.Equal(1, pair.Left.Transport.Sections.Single().Outbounds.Single().Statistics.FramesSent);
        Assert.Equal(Pair.LeftSsrc, pair.Right.Transport.Sections.Single().Inbound!.Streams.Single().Ssrc.Value);
    }

    [Fact]
    public void KeyFrameRequest_ComesBackToTheStream()
    {
        var pair = Pair.Connected(media: true);
        pair.SendPicture(Picture);
        pair.Expect(() => pair.Right.Frames.Count == 1);

        pair.Right.Transport.RequestKeyFrame(section: 4, rid: null, pair.Now);
        pair.RunFor(1);
        Assert.Empty(pair.Left.KeyFrameRequests);
        pair.Right.Transport.RequestKeyFrame(section: 3, rid: null, pair.Now);
        pair.Expect(() => pair.Left.KeyFrameRequests.Count > 0);
        Assert.Equal((7, new Ssrc(Pair.LeftSsrc)), pair.Left.KeyFrameRequests[0]);
    }

    [Fact]
    public void SectionThatLeavesThePlan_SaysGoodbye_AndIsGone()
    {
        var pair = Pair.Connected(media: true);
        pair.SendPicture(Picture);
        pair.Expect(() => pair.Right.Frames.Count == 1);

        pair.Left.Apply(pair.Left.Plan with { Sections = [] });
        Assert.False(pair.SendPicture(Picture));
        pair.Expect(() => pair.Right.Ended.Count == 1);
        Assert.Equal((3, new Ssrc(Pair.LeftSsrc)), pair.Right.Ended[0]);
        Assert.Empty(pair.Left.Transport.Sections);
    }

    [Fact]
    public void SectionThatHasEnded_KeepsItsFigures_UntilItLeavesThePlan()
    {
        var pair = Pair.Connected(media: true);
        pair.SendPicture(Picture);
        pair.Expect(() => pair.Right.Frames.Count == 1);

        pair.Left.Apply(pair.Left.Plan with { Sections = [new SectionPlan(7) { HasEnded = true }] });
        pair.Right.Apply(pair.Right.Plan with { Sections = [new SectionPlan(3) { HasEnded = true }] });
        Assert.False(pair.SendPicture(Picture));
        Assert.Empty(pair.Left.Transport.Sections[0].Outbounds);
        Assert.Equal(1, pair.Left.Transport.Sections[0].EndedOutbounds.Single().Statistics.FramesSent);
        Assert.Equal(1, pair.Right.Transport.Sections[0].EndedStreams.Single().Statistics.FramesReceived);

        pair.Left.Apply(pair.Left.Plan with { Sections = [] });
        Assert.Empty(pair.Left.Transport.Sections);
    }

    [Fact]
    public void SectionThatSendsNothingMore_FallsSilent_AndGoesOnLater()
    {
        var pair = Pair.Connected(media: true);
        pair.SendPicture(Picture);
        pair.Expect(() => pair.Right.Frames.Count == 1);

        pair.Left.Apply(pair.Left.Plan with { Sections = [new SectionPlan(7)] });
        Assert.False(pair.SendPicture(Picture));
        pair.RunFor(1);
        Assert.Empty(pair.Right.Ended);

        pair.Left.Apply(pair.Left.Plan with { Sections = [Pair.Sending(7)] });
        Assert.True(pair.SendPicture(Picture));
        pair.Expect(() => pair.Right.Frames.Count == 2);
    }

    [Fact]
    public void Receive_StopsBehindEachPacket_AndABatchGivenUpIsForgotten()
    {
        var pair = Pair.Connected(media: true);
        pair.SendPicture(Picture);
        pair.Expect(() => pair.Right.Frames.Count == 1);
        var datagrams = new List<byte[]>();
        pair.Sent = (side, _, datagram) => datagrams.Add(datagram.ToArray());
        pair.Drop = (side, _) => side == pair.Left;
        pair.SendPicture(Picture);
        pair.RunFor(0);
        var batch = new Net.DatagramBatch();
        datagrams.FindAll(datagram => datagram[0] is 0x80 or 0x90).ForEach(datagram => batch.TryAdd(datagram, pair.Left.Path.Address));
        Assert.Equal(3, batch.Count);

        Assert.Equal(1, pair.Right.Transport.Receive(batch, 0, pair.Right.Path.Address, pair.Now));
        Assert.Equal(2, pair.Right.Transport.Receive(batch, 1, pair.Right.Path.Address, pair.Now));

        // The rest is taken for what it is now: bytes that nobody has sealed.
        var forged = new Net.DatagramBatch();
        Assert.True(forged.TryAdd(datagrams[^1], pair.Left.Path.Address));
        Assert.Equal(1, pair.Right.Transport.Receive(forged, 0, pair.Right.Path.Address, pair.Now));
        pair.Right.Read();
        Assert.Single(pair.Right.Frames);
    }

    [Fact]
    public void PausedEncoding_DropsItsFrames()
    {
        var pair = Pair.Connected(media: true);
        pair.Left.Apply(pair.Left.Plan with { Sections = [Pair.Sending(7, isActive: false)] });

        Assert.False(pair.SendPicture(Picture));
        Assert.False(pair.SendPicture(Picture, ssrc: 0xDEAD));
    }

    [Fact]
    public void SteadyStream_AllocatesNothing()
    {
        var pair = Pair.Connected(media: true);
        pair.Left.IsTerse = pair.Right.IsTerse = true;
        var sent = 0;
        void Window()
        {
            for (var i = 0; i < 200; i++, sent++)
            {
                pair.SendPicture(Picture, isKeyFrame: false);
                pair.RunFor(0.005);
            }
        }

        Window();
        Assert.Equal(0, SteadyState.Allocates(Window) / 200);
        Assert.True(pair.Right.FramesRead >= sent - 2, $"{pair.Right.FramesRead} of {sent}");
    }
}
