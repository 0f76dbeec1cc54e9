using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>RFC 4733.</summary>
public class TelephoneEventTests
{
    private static readonly RtpCodec Events48 =
        new() { PayloadType = new(110), Name = "telephone-event", ClockRate = 48_000, Channels = 1 };
    private static readonly RtpCodec Events8 = new() { PayloadType = new(126), Name = "telephone-event", ClockRate = 8_000, Channels = 1 };
    private static readonly RtpCodec Pcmu = new() { PayloadType = new(0), Name = "PCMU", ClockRate = 8_000, Channels = 1 };

    private readonly Peer _peer = new("a", 1);
    private readonly Peer _listener = new("b", 2);
    private readonly byte[] _buffer = new byte[1500];
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);

    private readonly record struct Sent(TimeSpan At, bool Marker, byte PayloadType, ushort Sequence, uint Timestamp, string Payload);

    [Fact]
    public void Tone_OfAHundredMilliseconds_GrowsByPacketAndEndsThreeTimes()
    {
        var sound = _peer.Session.AddOutbound(new() { Codecs = [Pcmu, Events8] });
        sound.SendEvent(
            new() { PayloadType = Events8.PayloadType, Code = 5, Duration = TimeSpan.FromMilliseconds(100), Timestamp = new(8_000) }, _now);
        var sent = Run(TimeSpan.FromMilliseconds(200));

        // §2.3: event, E bit and volume, duration in ticks.
        Assert.Equal(
            ["05 0A 00A0", "05 0A 0140", "05 0A 01E0", "05 0A 0280", "05 8A 0320", "05 8A 0320", "05 8A 0320"],
            sent.Select(packet => packet.Payload));
        Assert.Equal([20, 40, 60, 80, 100, 110, 120], sent.Select(packet => packet.At.TotalMilliseconds));
        Assert.Equal([true, false, false, false, false, false, false], sent.Select(packet => packet.Marker));
        Assert.Single(sent.Select(packet => packet.Timestamp).Distinct());
        Assert.Equal(Enumerable.Range(sent[0].Sequence, 7), sent.Select(packet => (int)packet.Sequence));
        Assert.All(sent, packet => Assert.Equal(126, packet.PayloadType));
        Assert.False(sound.IsSendingEvent);
    }

    [Fact]
    public void Tone_LongerThanTheDurationFieldHolds_GoesOnInSegments()
    {
        var sound = _peer.Session.AddOutbound(new() { Codecs = [Media.Opus, Events48] });
        sound.SendEvent(
            new() { PayloadType = Events48.PayloadType, Code = 11, Duration = TimeSpan.FromSeconds(6), Timestamp = new(0) }, _now);
        var sent = Run(TimeSpan.FromSeconds(7));

        // 288,000 ticks are four segments of 65,535 and one of 25,860.
        var segments = sent.GroupBy(packet => packet.Timestamp).ToArray();
        Assert.Equal([0u, 65_535u, 131_070u, 196_605u, 262_140u], segments.Select(segment => segment.Key - sent[0].Timestamp));
        Assert.All(segments[..^1], segment =>
            Assert.Equal(["0B 0A FFFF", "0B 0A FFFF", "0B 0A FFFF"], segment.TakeLast(3).Select(packet => packet.Payload)));
        Assert.Equal(["0B 8A 6504", "0B 8A 6504", "0B 8A 6504"], segments[^1].TakeLast(3).Select(packet => packet.Payload));
        Assert.Single(sent, packet => packet.Marker);
        Assert.Equal(1, _listener.Count(RtpEventKind.ToneStarted));
        Assert.Equal([TimeSpan.FromSeconds(6)], Ended());
    }

    [Fact]
    public void Sound_WhileAToneIsSent_DoesNotPassAndGoesOnAfterIt()
    {
        var sound = _peer.Session.AddOutbound(new() { Codecs = [Pcmu, Events8] });
        for (var i = 0; i < 20; i++)
        {
            if (i == 5)
            {
                sound.SendEvent(
                    new()
                    {
                        PayloadType = Events8.PayloadType,
                        Code = 1,
                        Duration = TimeSpan.FromMilliseconds(100),
                        Timestamp = new((uint)(i * 160)),
                    }, _now);
            }

            sound.Send(new() { PayloadType = Pcmu.PayloadType, Timestamp = new((uint)(i * 160)), Data = [(byte)i] }, _now);
            Run(TimeSpan.FromMilliseconds(20));
        }

        var all = _all;
        Assert.Equal("AAAAAEEEEEEEAAAAAAAA", string.Concat(all.Select(packet => packet.PayloadType == 0 ? 'A' : 'E')));
        Assert.Equal(all[0].Timestamp + 800, all[5].Timestamp);
        Assert.True(all[12].Marker);
        Assert.Equal(all[0].Timestamp + 12 * 160, all[12].Timestamp);
        Assert.Equal(13, _listener.Frames.Count);
        Assert.Equal(0, sound.Statistics.FramesDropped);
    }

    [Fact]
    public void Tone_WhoseFinalPacketsAreLost_IsOverWhenUpdatesStayAway()
    {
        var sound = _peer.Session.AddOutbound(new() { Codecs = [Pcmu, Events8] });
        _loses = packet => packet[13] >= 0x80;
        sound.SendEvent(
            new() { PayloadType = Events8.PayloadType, Code = 9, Duration = TimeSpan.FromMilliseconds(100), Timestamp = new(0) }, _now);
        Run(TimeSpan.FromMilliseconds(270));
        Assert.Empty(Ended());
        Run(TimeSpan.FromMilliseconds(30));
        Assert.Equal([TimeSpan.FromMilliseconds(80)], Ended());
    }

    [Fact]
    public void Tones_OneAfterTheOther_AreHeardOnceEach()
    {
        var sound = _peer.Session.AddOutbound(new() { Codecs = [Pcmu, Events8] });
        foreach (var code in (byte[])[1, 1, 2, 15])
        {
            sound.SendEvent(
                new()
                {
                    PayloadType = Events8.PayloadType,
                    Code = code,
                    Duration = TimeSpan.FromMilliseconds(40),
                    Timestamp = new((uint)((_now - Instant.Zero).TotalMilliseconds * 8)),
                }, _now);
            Run(TimeSpan.FromMilliseconds(70));
        }

        Assert.Equal(
            [1, 1, 2, 15],
            _listener.Events.Where(happened => happened.Kind == RtpEventKind.ToneStarted).Select(happened => (int)happened.ToneCode));
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromMilliseconds(40), 4), Ended());
        Assert.Empty(_listener.Frames);
    }

    [Fact]
    public void Rid_OfTheLongestLength_FitsThePacket()
    {
        var rid = new string('r', 255);
        var picture =
            _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8], Mid = "0", Rid = rid, RtxSsrc = new Ssrc(9), Extensions = Media.Ids });
        picture.Send(
            new()
            {
                PayloadType = Media.Vp8.PayloadType,
                Timestamp = new(0),
                Data = Media.Vp8Frame(1, 5_000, key: true),
                IsKeyFrame = true,
            }, _now);
        _listener.Session.AddInbound(new() { Mid = "0", Codecs = [Media.Vp8], Extensions = Media.Ids, Rids = [rid] });
        Run(TimeSpan.FromMilliseconds(20));
        Assert.Equal(rid, Assert.Single(_listener.Frames).Stream.Rid);
    }

    private readonly List<Sent> _all = [];
    private Func<byte[], bool> _loses = _ => false;

    private IEnumerable<TimeSpan> Ended() =>
        _listener.Events.Where(happened => happened.Kind == RtpEventKind.ToneEnded).Select(happened => happened.ToneDuration);

    private List<Sent> Run(TimeSpan time)
    {
        if (_listener.Session.Inbounds.Count == 0)
        {
            _listener.Session.AddInbound(new() { Codecs = [Media.Opus, Pcmu, Events48, Events8] });
        }

        var start = _now;
        var sent = new List<Sent>();
        for (; _now < start + time; _now += TimeSpan.FromMilliseconds(1))
        {
            _peer.Session.Advance(_now);
            int length;
            while ((length = _peer.Session.Transmit(_buffer, _now)) > 0)
            {
                var bytes = _buffer.AsSpan(0, length).ToArray();
                if (RtpPacketView.IsRtcp(bytes) || !RtpPacketView.TryParse(bytes, out var packet, out _))
                {
                    continue;
                }

                var payload = packet.Payload;
                sent.Add(
                    new Sent(_now - start, packet.Marker, packet.PayloadType.Value, packet.SequenceNumber.Value, packet.Timestamp.Value,
                    payload.Length == 4 ? $"{payload[0]:X2} {payload[1]:X2} {BinaryPrimitives.ReadUInt16BigEndian(payload[2..]):X4}" : ""));
                if (!_loses(bytes))
                {
                    _listener.Session.Receive(bytes, _now);
                    _listener.Read();
                }
            }

            _listener.Session.Advance(_now);
            _listener.Read();
        }

        _all.AddRange(sent);
        return sent;
    }
}
