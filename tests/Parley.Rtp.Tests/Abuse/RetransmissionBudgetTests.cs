using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>A peer that asks for retransmissions of all it was sent, again and again.</summary>
public class RetransmissionBudgetTests
{
    private readonly Peer _peer = new("a", 1);
    private readonly byte[] _buffer = new byte[1500];
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NackStorm_OverSeconds_MakesHalfAsMuchAgainAtMost(bool rtx)
    {
        var codec = rtx ? Media.Vp8 : Media.Vp8 with { RtxPayloadType = null };
        var video = _peer.Session.AddOutbound(new() { Codecs = [codec], RtxSsrc = rtx ? new(77) : null });
        long sent = 0, resent = 0;
        _peer.Session.PathRoundTripTime = TimeSpan.FromMilliseconds(1);
        for (var i = 0; i < 300; i++)
        {
            video.Send(
                new()
                {
                    PayloadType = codec.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp8Frame(i, 10_000, i == 0),
                    IsKeyFrame = i == 0,
                }, _now);
            sent += Flush();
            for (var storm = 0; storm < 4; storm++)
            {
                _now += TimeSpan.FromMilliseconds(8);
                NackAll(video);
                resent += Flush();
            }

            _peer.Session.Advance(_now);
        }

        Assert.InRange(resent, sent / 4, sent / 2 + 12 * _peer.Session.MaxPacketSize);
        Assert.True(video.Statistics.RetransmissionsRefused > 0);

        // Who sends nothing any more sends nothing again.
        _now += TimeSpan.FromSeconds(1);
        NackAll(video);
        Assert.Equal(0, Flush());
    }

    [Fact]
    public void Nack_OfAllStreams_HasOneBudget()
    {
        var videos = Enumerable.Range(0, 10).Select(_ => _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] })).ToArray();
        long sent = 0, resent = 0;
        foreach (var video in videos)
        {
            video.Send(
                new()
                {
                    PayloadType = Media.Vp8.PayloadType,
                    Timestamp = new(1),
                    Data = Media.Vp8Frame(1, 10_000, true),
                    IsKeyFrame = true,
                }, _now);
            sent += Flush();
        }

        foreach (var video in videos)
        {
            Nack(video.Ssrc, (ushort)(_last[video.Ssrc.Value] - 16), 0xFFFF);
            resent += Flush();
        }

        Assert.InRange(resent, sent / 2 - 1200, sent / 2 + 1200);
    }

    [Fact]
    public void Packet_AskedForAgainWithinThePathsRoundTrip_IsNotSentTwice()
    {
        var video = _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        video.Send(
            new() { PayloadType = Media.Vp8.PayloadType, Timestamp = new(1), Data = Media.Vp8Frame(1, 100_000, true), IsKeyFrame = true },
            _now);
        Flush();
        var number = (ushort)(_last[video.Ssrc.Value] - 3);
        _peer.Session.PathRoundTripTime = TimeSpan.FromMilliseconds(200);
        Nack(video.Ssrc, number, 0);
        Assert.NotEqual(0, Flush());
        for (var waited = 0; waited < 199; waited += 10)
        {
            Nack(video.Ssrc, number, 0);
            Assert.Equal(0, Flush());
            _now += TimeSpan.FromMilliseconds(10);
        }

        Nack(video.Ssrc, number, 0);
        Assert.NotEqual(0, Flush());
    }

    [Fact]
    public void LonePacket_OfASlowStream_IsSentAgain()
    {
        var audio = _peer.Session.AddOutbound(new() { Codecs = [Media.Opus with { Feedback = RtpFeedback.Nack }] });
        audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(1), Data = [1, 2, 3] }, _now);
        Flush();
        Nack(audio.Ssrc, _last[audio.Ssrc.Value], 0);
        Assert.NotEqual(0, Flush());
    }

    [Fact]
    public void Nacks_OfMoreThanAnyLinkLoses_AreNotLookedUp()
    {
        var video = _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        for (var i = 0; i < 100; i++)
        {
            NackAll(video);
        }

        Assert.True(_peer.Session.NackedNumbersIgnored > 50, $"{_peer.Session.NackedNumbersIgnored}");
        var ignored = _peer.Session.NackedNumbersIgnored;
        _now += TimeSpan.FromMilliseconds(100);
        NackAll(video);
        Assert.Equal(ignored, _peer.Session.NackedNumbersIgnored);
    }

    private readonly Dictionary<uint, ushort> _last = [];

    /// <summary>Asks for the last 1,700 packets.</summary>
    private void NackAll(RtpOutbound video)
    {
        for (var i = 0; i < 10; i++)
        {
            Nack(video.Ssrc, (ushort)(_last.GetValueOrDefault(video.Ssrc.Value) - 170 * (i + 1) + 1), 0xFFFF, 10);
        }
    }

    private void Nack(Ssrc ssrc, ushort first, ushort mask, int pairs = 1)
    {
        var bytes = new byte[200];
        var writer = new RtcpWriter(bytes);
        writer.TryWriteGenericNack(new(5), ssrc, pairs, out var information);
        for (var i = 0; i < pairs; i++, first += 17)
        {
            (information[4 * i], information[4 * i + 1]) = ((byte)(first >> 8), (byte)first);
            (information[4 * i + 2], information[4 * i + 3]) = ((byte)(mask >> 8), (byte)mask);
        }

        _peer.Session.Receive(bytes.AsSpan(0, writer.Length), _now);
        _peer.Read();
    }

    private long Flush()
    {
        long bytes = 0;
        while (_peer.Session.Transmit(_buffer, _now) is var length and > 0)
        {
            if (!RtpPacketView.IsRtcp(_buffer.AsSpan(0, length)))
            {
                RtpPacketView.TryParse(_buffer.AsSpan(0, length), out var view, out _);
                _last[view.Ssrc.Value] = view.SequenceNumber.Value;
                bytes += length;
            }
        }

        return bytes;
    }
}
