using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>A test of the process's memory, so that nothing else may run beside it.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public class WholeProcess;

/// <summary>An authentic peer that sends what no honest one does.</summary>
[Collection(nameof(WholeProcess))]
public class FloodTests
{
    private readonly Peer _peer = new("b", 1);
    private readonly RtpInbound _video;
    private readonly RtpInbound _sound;
    private readonly byte[] _packet = new byte[1500];
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);

    public FloodTests()
    {
        var red = new RtpCodec { PayloadType = new(63), Name = "red", ClockRate = 48000, Channels = 2, Fmtp = "111/111" };
        _video = _peer.Session.AddInbound(new() { Mid = "1", Codecs = [Media.Vp8, Media.H264], Extensions = Media.Ids });
        _sound = _peer.Session.AddInbound(
            new() { Mid = "0", Codecs = [Media.Opus, red with { RtxPayloadType = new PayloadType(64) }], Extensions = Media.Ids });
    }

    [Fact]
    public void HalfFrames_OfAllSources_HaveOneBoundAndAnHonestSourceGoesOn()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var body = new byte[1150];
        for (ushort sequence = 0; sequence < 3800; sequence++)
        {
            for (uint ssrc = 1; ssrc <= 63; ssrc++)
            {
                body[0] = (byte)(sequence == 0 ? 0x10 : 0);
                Receive(ssrc, 96, sequence, 1, body, marker: false);
            }

            if (sequence % 100 == 0)
            {
                // 30 packets make a frame of the honest source's.
                for (var i = 0; i < 30; i++)
                {
                    body[0] = (byte)(i == 0 ? 0x10 : 0);
                    Receive(1000, 96, (ushort)(sequence / 100 * 30 + i), sequence, body, marker: i == 29);
                }
            }

            _peer.Read();
        }

        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(held < 48 << 20, $"{held >> 20} MiB are held");
        Assert.True(_peer.Session.FramesOverMemory > 0);
        Assert.Equal(38, _peer.Frames.Count(frame => frame.Stream.Ssrc.Value == 1000));
    }

    [Fact]
    public void HalfFrame_OfASourceThatFallsSilent_IsLetGo()
    {
        Receive(1, 96, 1, 1, [0x10, .. new byte[1000]], marker: false);
        Assert.NotEqual(0, _peer.Session.OpenBytes);
        _now += TimeSpan.FromSeconds(31);
        _peer.Session.Advance(_now);
        Assert.Equal(0, _peer.Session.OpenBytes);
    }

    [Fact]
    public void Goodbyes_ManyOfOneSource_AreToldOnce_UntilItsPacketsComeAgain()
    {
        Receive(1, 111, 1, 1, [1, 2, 3]);
        for (var i = 0; i < 100; i++)
        {
            Rtcp((ref RtcpWriter writer) =>
                writer.TryWriteGoodbye(new(1)) && writer.TryWriteGoodbye(new(1)) && writer.TryWriteGoodbye(new(9)));
        }

        Assert.Equal(1, _peer.Count(RtpEventKind.Bye));
        Receive(1, 111, 2, 2, [1, 2, 3]);
        Rtcp((ref RtcpWriter writer) => writer.TryWriteGoodbye(new(1)));
        Assert.Equal(2, _peer.Count(RtpEventKind.Bye));
    }

    [Fact]
    public void Descriptions_OfUnknownSources_MakeNoState()
    {
        for (uint ssrc = 100; ssrc < 10_000; ssrc++)
        {
            var source = new Ssrc(ssrc);
            Rtcp((ref RtcpWriter writer) =>
                writer.TryWriteReceiverReport(source) && writer.TryWriteCanonicalName(source, "x"u8) && writer.TryWriteGoodbye(source));
        }

        Assert.Empty(_peer.Events);
        Assert.All(_peer.Session.Inbounds, inbound => Assert.Empty(inbound.Streams));
    }

    [Fact]
    public void CanonicalName_ChangesEachTime_IsNotFollowedForEver()
    {
        Receive(1, 111, 1, 1, [1]);
        for (var i = 0; i < 1000; i++)
        {
            var name = System.Text.Encoding.UTF8.GetBytes($"name {i}");
            Rtcp((ref RtcpWriter writer) => writer.TryWriteReceiverReport(new(1)) && writer.TryWriteCanonicalName(new(1), name));
        }

        Assert.Equal("name 15", _sound.Streams.Single().CanonicalName);
    }

    [Fact]
    public void KeyFrameRequests_AStormForASecond_ReachTheUserFiveTimes()
    {
        var video = _peer.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        for (var i = 0; i < 1000; i++)
        {
            Rtcp((ref RtcpWriter writer) => writer.TryWritePictureLossIndication(new(5), video.Ssrc));
            Rtcp((ref RtcpWriter writer) => writer.TryWriteFullIntraRequest(new(5), video.Ssrc, (byte)i));
            _now += TimeSpan.FromMilliseconds(1);
            _peer.Session.Advance(_now);
            _peer.Read();
        }

        Assert.InRange(_peer.Count(RtpEventKind.KeyFrameRequested), 4, 6);
        Assert.Equal((1000, 1000), (video.Statistics.PliCount, video.Statistics.FirCount));
    }

    [Fact]
    public void Extensions_OfManyElements_AreNotSearchedToTheEnd()
    {
        // Two bytes an element of one byte: what stands behind the 64th is not found.
        Assert.True(FindBehind(63));
        Assert.False(FindBehind(64));

        bool FindBehind(int elements)
        {
            var extension = new byte[elements * 2 + 2];
            for (var i = 0; i < elements; i++)
            {
                extension[2 * i] = 0x50;
            }

            (extension[^2], extension[^1]) = (0x40, (byte)'1');
            Assert.True(RtpPacketView.TryParse(WithExtension(extension), out var view, out _));
            return view.Extensions.TryFind(4, out _);
        }
    }

    [Fact]
    public void Extensions_LargerThanAnyBrowsers_MakeThePacketMalformed()
    {
        _peer.Session.Receive(WithExtension(new byte[512]), _now);
        Assert.Equal(0, _peer.Session.MalformedPackets);
        _peer.Session.Receive(WithExtension(new byte[516]), _now);
        Assert.Equal(1, _peer.Session.MalformedPackets);
    }

    [Fact]
    public void Redundancy_OfManyBlocks_IsDiscarded()
    {
        Receive(1, 63, 1, 100_000, Blocks(0));
        Receive(1, 63, 1001, 100_000 + 960 * 1000, Blocks(200));
        _now += TimeSpan.FromSeconds(2);
        _peer.Session.Advance(_now);
        _peer.Read();
        Assert.Single(_peer.Frames);
        Assert.Equal(1, _sound.Streams.Single().Statistics.PacketsDiscarded);
    }

    [Fact]
    public void Wrappings_WithinEachOther_AreTakenOffOnce()
    {
        // Redundancy in redundancy, a retransmission in redundancy, redundancy in a retransmission of redundancy.
        Receive(1, 63, 1, 1, [63, 63, 63, 111, 1]);
        Receive(1, 63, 2, 2, [64, 0, 1, 63, 111, 1]);
        _peer.Read();
        Assert.Empty(_peer.Frames);
        Receive(1, 63, 3, 3, [111, 1, 2, 3]);
        Receive(1, 63, 5, 5, [111, 1, 2, 3]);
        Receive(2, 64, 1, 4, [0, 4, 63, 64, 0, 4, 111, 9]);
        _now += TimeSpan.FromSeconds(2);
        _peer.Session.Advance(_now);
        _peer.Read();
        Assert.Equal(2, _peer.Frames.Count);
        Assert.All(_peer.Frames, frame => Assert.Equal([1, 2, 3], frame.Data));
    }

    private delegate bool Write(ref RtcpWriter writer);

    private static byte[] Blocks(int count)
    {
        var payload = new byte[4 * count + 1 + count + 1];
        for (var i = 0; i < count; i++)
        {
            payload[4 * i] = 0x80 | 111;
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4 * i + 1), (ushort)((count - i) * 60 << 2));
            payload[4 * i + 3] = 1;
        }

        payload[4 * count] = 111;
        return payload;
    }

    private static byte[] WithExtension(byte[] extension)
    {
        var packet = new byte[12 + 4 + (extension.Length + 3) / 4 * 4 + 3];
        (packet[0], packet[1], packet[11]) = (0x90, 111, 1);
        (packet[12], packet[13]) = (0xBE, 0xDE);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)((extension.Length + 3) / 4));
        extension.CopyTo(packet, 16);
        return packet;
    }

    private void Rtcp(Write write)
    {
        var bytes = new byte[200];
        var writer = new RtcpWriter(bytes);
        Assert.True(write(ref writer));
        _peer.Session.Receive(bytes.AsSpan(0, writer.Length), _now);
        _peer.Read();
    }

    private void Receive(uint ssrc, byte payloadType, ushort sequence, uint timestamp, ReadOnlySpan<byte> payload, bool marker = true)
    {
        var writer = new RtpHeaderWriter(_packet, new(payloadType), marker, new(sequence), new(timestamp), new(ssrc));
        payload.CopyTo(_packet.AsSpan(writer.Length));
        _peer.Session.Receive(_packet.AsSpan(0, writer.Length + payload.Length), _now);
    }
}
