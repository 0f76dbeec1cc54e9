using Parley.Net;

namespace Parley.Rtp.Tests;

public class OutboundTests
{
    private readonly Peer _peer = new("a", 1);
    private readonly byte[] _buffer = new byte[1500];
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void Hold_DropsTheQueueAndResumesInSequenceWithMarker()
    {
        var audio = _peer.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        Send(audio, Media.Opus, 0, [1]);
        var first = Assert.Single(Flush());
        Send(audio, Media.Opus, 960, [2]);
        audio.Active = false;
        Assert.False(Send(audio, Media.Opus, 1920, [3]));
        Assert.Empty(Flush());
        Assert.Equal(2, audio.Statistics.FramesDropped);
        Assert.Equal(0, audio.QueuedBytes);
        audio.Active = true;
        Send(audio, Media.Opus, 96_000, [4]);
        var resumed = Assert.Single(Flush());
        Assert.Equal((ushort)(first.Sequence + 1), resumed.Sequence);
        Assert.Equal(first.Timestamp + 96_000, resumed.Timestamp);
        Assert.True(first.Marker && resumed.Marker);
        Send(audio, Media.Opus, 96_960, [5]);
        Assert.False(Assert.Single(Flush()).Marker);
    }

    [Fact]
    public void Discontinuity_AnotherTrackTakesOver_WireClockGoesOnEvenly()
    {
        var audio = _peer.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        Send(audio, Media.Opus, 500_000, [1]);
        var before = Assert.Single(Flush());
        _now += TimeSpan.FromMilliseconds(40);
        audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(0), Data = [2], IsDiscontinuous = true }, _now);
        Assert.Equal(before.Timestamp + 1920, Assert.Single(Flush()).Timestamp);
        Send(audio, Media.Opus, 960, [3]);
        Assert.Equal(before.Timestamp + 2880, Assert.Single(Flush()).Timestamp);
    }

    [Fact]
    public void Update_MidStream_KeepsSsrcAndSequence()
    {
        var options = new RtpOutboundOptions { Mid = "0", Codecs = [Media.Opus] };
        var audio = _peer.Session.AddOutbound(options);
        Send(audio, Media.Opus, 0, [1]);
        var first = Assert.Single(Flush());
        Send(audio, Media.Opus, 960, [2]);
        var other = Media.Opus with { PayloadType = new(63) };
        audio.Update(options with { Codecs = [other], Extensions = new() { Mid = 200 } });
        Assert.Throws<ArgumentException>(() => Send(audio, Media.Opus, 960, [2]));
        Send(audio, other, 1920, [3]);
        var rest = Flush();
        Assert.Equal([(ushort)(first.Sequence + 1), (ushort)(first.Sequence + 2)], rest.Select(packet => packet.Sequence));
        Assert.Equal([111, 63], rest.Select(packet => (int)packet.PayloadType));
        Assert.All(rest, packet => Assert.Equal(first.Ssrc, packet.Ssrc));
        Assert.True(RtpPacketView.TryParse(rest[1].Bytes, out var view, out _));
        Assert.True(view.Extensions.TryFind(200, out var mid));
        Assert.Equal("0"u8.ToArray(), mid.ToArray());
    }

    [Fact]
    public void Mid_IsSentUntilTheOtherSideReports()
    {
        var audio = _peer.Session.AddOutbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = new() { Mid = 4 } });
        Send(audio, Media.Opus, 0, [1]);
        Assert.True(HasMid(Assert.Single(Flush())));
        Report(audio.Ssrc);
        Send(audio, Media.Opus, 960, [1]);
        var packet = Assert.Single(Flush());
        Assert.False(HasMid(packet));
        Assert.Equal(13, packet.Bytes.Length);
    }

    [Fact]
    public void PlainResend_RepeatsTheVeryBytes()
    {
        var codec = Media.Vp8 with { RtxPayloadType = null };
        var video = _peer.Session.AddOutbound(new() { Mid = "0", Codecs = [codec], Extensions = Media.Ids });
        Send(video, codec, 0, Media.Vp8Frame(1, 3000, true));
        var sent = Flush();
        Nack(video.Ssrc, sent[1].Sequence);
        Assert.Equal(sent[1].Bytes, Assert.Single(Flush()).Bytes);

        // Asked for again at once: it is still on its way.
        Nack(video.Ssrc, sent[1].Sequence);
        Assert.Empty(Flush());
        _now += TimeSpan.FromMilliseconds(6);
        Nack(video.Ssrc, sent[1].Sequence);
        Assert.Single(Flush());
        _now += TimeSpan.FromSeconds(3);
        _peer.Session.Advance(_now);
        Nack(video.Ssrc, sent[1].Sequence);
        Assert.Empty(Flush());
        Assert.Equal(2, video.Statistics.RetransmittedPacketsSent);
    }

    [Fact]
    public void FullIntraRequest_Repeated_RaisesOneEvent()
    {
        var video = _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        Feedback((ref RtcpWriter writer) => writer.TryWriteFullIntraRequest(new(5), video.Ssrc, 1));
        Feedback((ref RtcpWriter writer) => writer.TryWriteFullIntraRequest(new(5), video.Ssrc, 1));
        Assert.Equal(1, _peer.Count(RtpEventKind.KeyFrameRequested));
        Feedback((ref RtcpWriter writer) => writer.TryWritePictureLossIndication(new(5), video.Ssrc));
        Assert.Equal(1, _peer.Count(RtpEventKind.KeyFrameRequested));
        _now = _peer.Session.Deadline!.Value;
        _peer.Session.Advance(_now);
        _peer.Read();
        Assert.Equal(2, _peer.Count(RtpEventKind.KeyFrameRequested));
        Assert.Equal((1, 1), (video.Statistics.FirCount, video.Statistics.PliCount));
    }

    [Fact]
    public void Queue_NobodyTransmits_IsBoundedByBytesAndAge()
    {
        var peer = new Peer("a", 1, Peer.Options() with { SendBufferSize = 100_000 });
        var video = peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            taken += video.Send(
                new() { PayloadType = Media.Vp8.PayloadType, Timestamp = new((uint)i), Data = Media.Vp8Frame(i, 5000, true) },
                _now) ? 1 : 0;
        }

        Assert.InRange(taken, 14, 20);
        Assert.Equal(1000 - taken, video.Statistics.FramesDropped);
        Assert.True(peer.Session.Transmit(_buffer, _now) > 0);
        _now += TimeSpan.FromSeconds(2);
        var packets = 0;
        while (peer.Session.Transmit(_buffer, _now) is var length and > 0)
        {
            packets += RtpPacketView.IsRtcp(_buffer.AsSpan(0, length)) ? 0 : 1;
        }

        // The frame begun is ended, the others waited too long.
        Assert.Equal(4, packets);
        Assert.Equal(0, video.QueuedBytes);
        peer.Read();
        Assert.Equal(1, peer.Count(RtpEventKind.KeyFrameRequested));
    }

    [Fact]
    public void Pacing_LargeFrame_IsSpreadOverTime()
    {
        var pair = new Pair(1, Peer.Options() with { PacingRate = 1_000_000 });
        var video = pair.A.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Vp8] });
        var start = pair.Now;
        video.Send(
            new() { PayloadType = Media.Vp8.PayloadType, Timestamp = new(0), Data = Media.Vp8Frame(0, 50_000, true), IsKeyFrame = true },
            pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.InRange((Assert.Single(pair.B.Frames).ArrivedAt - start).TotalMilliseconds, 380, 450);
    }

    [Fact]
    public void UserPayload_AnyBytes_ArrivesAsItIs()
    {
        var pair = new Pair(1);
        var codec = new RtpCodec { PayloadType = new(100), Name = "x-telemetry", ClockRate = 1000 };
        var data = pair.A.Session.AddOutbound(new() { Codecs = [codec] });
        pair.B.Session.AddInbound(new() { Codecs = [codec], DeliverPackets = true });
        Assert.True(
            data.SendPacket(new() { PayloadType = codec.PayloadType, Timestamp = new(5), Data = [1, 2, 3], Marker = true }, pair.Now));
        Assert.False(data.SendPacket(new() { PayloadType = codec.PayloadType, Timestamp = new(5), Data = new byte[2000] }, pair.Now));
        pair.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, pair.B.Count(RtpEventKind.PacketReceived));
        Assert.Equal([1, 2, 3], pair.B.Frames[0].Data);
        Assert.True(pair.B.Frames[0].Marker);
    }

    private delegate bool Write(ref RtcpWriter writer);

    private static bool HasMid(Sent packet)
    {
        RtpPacketView.TryParse(packet.Bytes, out var view, out _);
        return view.Extensions.TryFind(4, out _);
    }

    private bool Send(RtpOutbound outbound, RtpCodec codec, uint timestamp, byte[] data) =>
        outbound.Send(new() { PayloadType = codec.PayloadType, Timestamp = new(timestamp), Data = data, CapturedAt = _now }, _now);

    private void Report(Ssrc ssrc) => Feedback((ref RtcpWriter writer) =>
        writer.TryWriteReceiverReport(new(5)) && writer.TryAddReportBlock(new(ssrc, 0, 0, 0, 0, 0, 0)));

    private void Nack(Ssrc ssrc, ushort number) => Feedback((ref RtcpWriter writer) =>
    {
        writer.TryWriteGenericNack(new(5), ssrc, 1, out var pair);
        (pair[0], pair[1], pair[2], pair[3]) = ((byte)(number >> 8), (byte)number, 0, 0);
        return true;
    });

    private void Feedback(Write write)
    {
        var bytes = new byte[200];
        var writer = new RtcpWriter(bytes);
        Assert.True(write(ref writer));
        _peer.Session.Receive(bytes.AsSpan(0, writer.Length), _now);
        _peer.Read();
    }

    private List<Sent> Flush()
    {
        var sent = new List<Sent>();
        while (_peer.Session.Transmit(_buffer, _now) is var length and > 0)
        {
            if (!RtpPacketView.IsRtcp(_buffer.AsSpan(0, length)))
            {
                RtpPacketView.TryParse(_buffer.AsSpan(0, length), out var view, out _);
                sent.Add(
                    new(
                        _buffer[..length], view.SequenceNumber.Value, view.Timestamp.Value, view.Marker, view.PayloadType.Value,
                        view.Ssrc));
            }
        }

        return sent;
    }

    private sealed record Sent(byte[] Bytes, ushort Sequence, uint Timestamp, bool Marker, byte PayloadType, Ssrc Ssrc);
}
