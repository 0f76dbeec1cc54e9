using Parley.Net;

namespace Parley.Rtp.Tests;

public class RoutingTests
{
    private static readonly RtpCodec Shared = Media.Opus;
    private readonly Peer _peer = new("b", 1);
    private readonly RtpInbound _zero;
    private readonly RtpInbound _one;

    public RoutingTests()
    {
        _zero =
            _peer.Session.AddInbound(new() { Mid = "0", Codecs = [Shared, Media.Vp8], Extensions = Media.Ids, Sources = [new(new(100))] });
        _one = _peer.Session.AddInbound(new() { Mid = "1", Codecs = [Shared, Media.H264], Extensions = Media.Ids });
    }

    // RFC 8843 §9.2: mid first, then the SSRC table, then a payload type that only one m-section has; else the packet is dropped.
    [Theory]
    [InlineData(1u, "0", 111, 0)]
    [InlineData(1u, "1", 111, 1)]
    [InlineData(1u, "7", 111, -1)]
    [InlineData(100u, null, 111, 0)]
    [InlineData(100u, "1", 111, 1)]
    [InlineData(1u, null, 111, -1)]
    [InlineData(1u, null, 96, 0)]
    [InlineData(1u, null, 102, 1)]
    [InlineData(1u, null, 50, -1)]
    [InlineData(1u, "0", 102, -1)]
    [InlineData(100u, null, 102, -1)]
    public void Packet_ByItsMidSsrcAndPayloadType_IsRouted(uint ssrc, string? mid, byte payloadType, int expected)
    {
        Receive(ssrc, mid, payloadType, 1);
        Assert.Equal(expected == 0 ? 1 : 0, _zero.Streams.Count);
        Assert.Equal(expected == 1 ? 1 : 0, _one.Streams.Count);
        Assert.Equal(expected < 0 ? 1 : 0, _peer.Session.UnroutedPackets);
    }

    [Fact]
    public void Mid_SentOnceOnly_BindsTheSsrc()
    {
        Receive(5, "1", 111, 1);
        Receive(5, null, 111, 2);
        Assert.Equal(2, _one.Streams[0].Statistics.PacketsReceived);
        Receive(5, "0", 111, 3);
        Assert.Empty(_one.Streams);
        Assert.Equal(1, _zero.Streams[0].Statistics.PacketsReceived);
    }

    [Fact]
    public void Rids_OfOneSection_BecomeStreamsOfTheirOwn()
    {
        _zero.Update(_zero.Options with { Rids = ["hi", "lo"] });
        Receive(5, "0", 96, 1, rid: "hi");
        Receive(6, "0", 96, 1, rid: "lo");
        Receive(7, "0", 96, 1, rid: "no");
        Assert.Equal(["hi", "lo"], _zero.Streams.Select(stream => stream.Rid));
        Receive(8, "0", 97, 1, repairs: "lo");
        Assert.Equal(1, _zero.Streams[1].Statistics.RetransmittedPacketsReceived);
    }

    [Fact]
    public void SignaledRetransmission_FillsTheGapOfItsSource()
    {
        _zero.Update(_zero.Options with { Sources = [new(new(100), new(101)), new(new(200), new(201))] });
        Receive(200, null, 96, 1);
        Receive(100, null, 96, 10);
        Receive(100, null, 96, 12);
        Assert.Equal(1, Frames(100));
        Receive(101, null, 97, 500, payload: [0, 11, 0x10, 0x01, 0x02]);
        Assert.Equal(3, Frames(100));
        Assert.Equal(1, Frames(200));
        var figures = _zero.Streams.Single(stream => stream.Ssrc.Value == 100).Statistics;
        Assert.Equal((3, 1, 0), (figures.PacketsReceived, figures.RetransmittedPacketsReceived, figures.PacketsDiscarded));
    }

    [Fact]
    public void MixedSound_NamesItsContributorsAndTheirLevels()
    {
        _zero.Update(_zero.Options with { Extensions = new() { MixerAudioLevel = 7 } });
        var bytes = new byte[100];
        var writer = new RtpHeaderWriter(bytes, new(111), false, new(1), new(1), new(100));
        writer.AddContributingSource(new(31));
        writer.AddContributingSource(new(32));
        writer.BeginExtension(false);
        Media.Hex("14 9E").CopyTo(writer.AddExtension(7, 2));
        writer.EndExtension();
        _peer.Session.Receive(bytes.AsSpan(0, writer.Length + 5), Instant.Zero);
        Assert.True(_peer.Session.TryRead(out _));
        Assert.True(_peer.Session.TryRead(out var happened));
        Assert.Equal([new Ssrc(31), new Ssrc(32)], happened.Frame!.ContributingSources.ToArray());
        Assert.Equal(Media.Hex("14 1E"), happened.Frame.ContributingLevels.ToArray());
    }

    [Fact]
    public void SsrcFlood_IsBounded_AndSignaledSourcesStay()
    {
        for (uint i = 1000; i < 100_000; i++)
        {
            Receive(i, "1", 111, 1);
            _peer.Read();
        }

        Assert.Equal(63, _one.Streams.Count);
        Receive(100, null, 111, 1);
        Assert.Single(_zero.Streams);
        Receive(7, "1", 111, 1, at: 10);
        Assert.Contains(_one.Streams, stream => stream.Ssrc.Value == 7);
        Assert.Equal(63, _one.Streams.Count);
    }

    [Fact]
    public void RemovedSection_ItsStragglersAreDropped_UntilTheyCanBeNoMore()
    {
        Receive(5, "1", 111, 1);
        _peer.Session.Remove(_one);

        // By its payload type it would be of the section that is left.
        Receive(5, null, 111, 2, at: 5.9);
        Assert.Empty(_zero.Streams);
        Assert.Equal(1, _peer.Session.UnroutedPackets);
        Receive(5, null, 111, 3, at: 6);
        Assert.Equal(1, _zero.Streams.Single().Statistics.PacketsReceived);
    }

    [Theory]
    [InlineData("mid")]
    [InlineData("ssrc")]
    public void RemovedSection_ItsSourceNamedAnew_IsHeardAtOnce(string by)
    {
        Receive(5, "1", 111, 1);
        _peer.Session.Remove(_one);
        if (by == "ssrc")
        {
            _zero.Update(_zero.Options with { Sources = [new(new(5))] });
        }

        Receive(5, by == "mid" ? "0" : null, 111, 2);
        Assert.Equal(1, _zero.Streams.Single(stream => stream.Ssrc.Value == 5).Statistics.PacketsReceived);
    }

    [Fact]
    public void Retransmission_OfAnotherStreamsNumbers_LeavesTheOnlyStreamAlone()
    {
        // A section has ended, and a retransmission of its packets comes late: by the payload type it repairs the only stream there is.
        Receive(5, null, 96, 10);
        Receive(900, null, 97, 1, payload: [0x40, 0x00, 0x10, 0x01, 0x02]);
        Receive(5, null, 96, 11);
        Assert.Equal(2, Frames(5));
        Assert.Equal(1, _zero.Streams.Single().Statistics.PacketsDiscarded);

        // One that runs ahead a little is a repetition of what is about to be missed.
        Receive(900, null, 97, 2, payload: [0, 12, 0x10, 0x01, 0x02]);
        Assert.Equal(3, Frames(5));
    }

    [Fact]
    public void Sender_GoesBackInItsNumbers_IsFollowedThoughPacketsAreLost()
    {
        Receive(5, null, 96, 5000);
        Assert.Equal(1, Frames(5));
        for (ushort sequence = 1000; sequence < 1400; sequence++)
        {
            if (sequence % 10 != 0)
            {
                Receive(5, null, 96, sequence, at: 1 + (sequence - 1000) * 0.02);
            }

            _peer.Session.Advance(Instant.Zero + TimeSpan.FromSeconds(1 + (sequence - 1000) * 0.02));
        }

        Assert.True(Frames(5) > 100, $"{Frames(5)} frames");
    }

    private void Receive(
        uint ssrc, string? mid, byte payloadType, ushort sequence, double at = 1, string? rid = null, string? repairs = null,
        byte[]? payload = null)
    {
        var bytes = new byte[200];
        var writer = new RtpHeaderWriter(bytes, new(payloadType), true, new(sequence), new(1), new(ssrc));
        writer.BeginExtension(false);
        Add(ref writer, Media.Ids.Mid, mid);
        Add(ref writer, Media.Ids.Rid, rid);
        Add(ref writer, Media.Ids.RepairedRid, repairs);
        writer.EndExtension();
        payload ??= [0x10, .. new byte[19]];
        payload.CopyTo(bytes, writer.Length);
        _peer.Session.Receive(bytes.AsSpan(0, writer.Length + payload.Length), Instant.Zero + TimeSpan.FromSeconds(at));
    }

    private int Frames(uint ssrc)
    {
        _peer.Read();
        return _peer.Frames.Count(frame => frame.Stream.Ssrc.Value == ssrc);
    }

    private static void Add(ref RtpHeaderWriter writer, byte id, string? text)
    {
        if (text is not null)
        {
            System.Text.Encoding.UTF8.GetBytes(text, writer.AddExtension(id, text.Length));
        }
    }
}
