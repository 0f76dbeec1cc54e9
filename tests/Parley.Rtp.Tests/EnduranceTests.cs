using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Rtp.Tests;

public class EnduranceTests
{
    private const uint Rtx = 77;

    [Theory]
    [InlineData("VP8")]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public void SteadyState_VideoAndAudioWithLoss_AllocatesNothing(string name)
    {
        var codec = new[] { Media.Vp8, Media.Vp9, Media.Av1 }.Single(each => each.Name == name);
        var (a, b) = (Session(1), Session(2));
        var audio = a.AddOutbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        var video = a.AddOutbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids, RtxSsrc = new(Rtx) });
        b.AddInbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        b.AddInbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
        var picture = Media.Picture(codec, 1, 8000, true);
        var sound = Media.Body(1, 100);
        var buffer = new byte[1500];
        var now = Instant.Zero;
        int step = 0, frames = 0, packets = 0;
        void Run(int steps, int lossInterval, bool losesRepairs = false)
        {
            for (var end = step + steps; step < end; step++)
            {
                now += TimeSpan.FromMilliseconds(10);
                audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new((uint)step * 480), Data = sound }, now);
                video.Send(
                    new() { PayloadType = codec.PayloadType, Timestamp = new((uint)step * 900), Data = picture, IsKeyFrame = true }, now);
                Carry(a, b, buffer, now, lossInterval, losesRepairs, ref frames, ref packets);
                Carry(b, a, buffer, now, lossInterval, losesRepairs, ref frames, ref packets);
            }
        }

        // What is held behind a gap is as much as comes while it is waited for, a second at the most (RtpSessionOptions.MaxRepairDelay). So
        // after four seconds without repairs the store of early packets has grown as large as it ever does: nothing may be allocated
        // however bad it gets later.
        Run(200, lossInterval: 14, losesRepairs: true);
        Run(200, lossInterval: 6, losesRepairs: true);
        Run(400, lossInterval: 14);
        var allocated = SteadyState.Allocates(() =>
        {
            Run(500, lossInterval: 14);
            Run(500, lossInterval: 6);
            Run(200, lossInterval: 6, losesRepairs: true);
            Run(500, lossInterval: 14);
        });
        Assert.True(frames > 15_000, $"{frames} frames");
        Assert.True(packets > 60_000, $"{packets} packets");
        Assert.Equal(0, allocated);
        Assert.True(video.Statistics.RetransmittedPacketsSent > 500);
    }

    [Fact]
    public void NobodyReads_EventsAreBounded()
    {
        var session = Session(1);
        session.AddInbound(new() { Codecs = [Media.Opus] });
        var packet = new byte[1000];
        for (var i = 0; i < 100_000; i++)
        {
            var writer = new RtpHeaderWriter(packet, new(111), false, new((ushort)i), new((uint)i), new(1));
            session.Receive(packet, Instant.Zero + TimeSpan.FromMilliseconds(i));
        }

        var events = 0;
        while (session.TryRead(out _))
        {
            events++;
        }

        Assert.Equal(1024, events);
        Assert.True(session.Inbounds[0].Streams[0].Statistics.FramesDropped > 98_000);
    }

    [Fact]
    public void EarlyPackets_OfManySources_ShareABoundedStore()
    {
        var session = Session(1);
        session.AddInbound(new() { Codecs = [Media.Vp8] });
        var packet = new byte[1000];
        for (uint ssrc = 1; ssrc <= 64; ssrc++)
        {
            for (var i = 0; i < 900; i++)
            {
                // Each second packet is missing.
                _ = new RtpHeaderWriter(packet, new(96), false, new((ushort)(i * 2)), new(1), new(ssrc));
                session.Receive(packet, Instant.Zero);
            }
        }

        Assert.InRange(session.Slab.Capacity, 1, 2048 * 1600);
        Assert.True(session.Slab.Used > 1000);
        session.Advance(Instant.Zero + TimeSpan.FromSeconds(2));
        Assert.Equal(0, session.Slab.Used);
    }

    [Fact]
    public void RandomAndMutatedPackets_InMidConversation_NeverThrowAndTheConversationGoesOn()
    {
        var pair = new Pair(9);
        var random = RandomSource.Seeded(99);
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids, RtxSsrc = new(77) });
        var back = pair.B.Session.AddOutbound(new() { Mid = "1", Codecs = [Media.H264], Extensions = Media.Ids });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids });
        pair.A.Session.AddInbound(new() { Mid = "1", Codecs = [Media.H264], Extensions = Media.Ids });
        for (var i = 0; i < 400; i++)
        {
            video.Send(
                new()
                {
                    PayloadType = Media.Vp8.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp8Frame(i, 3000, true),
                    IsKeyFrame = true,
                }, pair.Now);
            back.Send(
                new()
                {
                    PayloadType = Media.H264.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = [0, 0, 1, 0x65, .. Media.Body(i, 2000)],
                    IsKeyFrame = true,
                }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
            foreach (var (peer, link) in ((Peer, Link)[])[(pair.A, pair.BtoA), (pair.B, pair.AtoB)])
            {
                for (var j = 0; j < 20; j++)
                {
                    var bytes = link.Log[random.Next(link.Log.Count)].ToArray();
                    switch (random.Next(3))
                    {
                        case 0:
                            random.Fill(bytes);
                            break;
                        case 1:
                            bytes = bytes[..random.Next(bytes.Length)];
                            break;
                        default:
                            bytes[random.Next(Math.Min(bytes.Length, 60))] ^= (byte)(1 << random.Next(8));
                            break;
                    }

                    peer.Session.Receive(bytes, pair.Now);
                }
            }
        }

        // Whatever the noise did, a while later frames come whole again.
        var count = pair.B.Frames.Count;
        for (var i = 400; i < 500; i++)
        {
            video.Send(
                new()
                {
                    PayloadType = Media.Vp8.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp8Frame(i, 3000, true),
                    IsKeyFrame = true,
                }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        Assert.InRange(pair.B.Frames.Count - count, 60, 110);
    }

    private static void Carry(
        RtpSession from, RtpSession to, byte[] buffer, Instant now, int lossInterval, bool losesRepairs, ref int frames, ref int packets)
    {
        from.Advance(now);
        while (from.Transmit(buffer, now) is var length and > 0)
        {
            var isRepair = buffer[1] is < 192 or > 223 && BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(8)) == Rtx;
            if (packets++ % lossInterval != lossInterval - 1 && !(isRepair && losesRepairs))
            {
                to.Receive(buffer.AsSpan(0, length), now);
            }

            while (to.TryRead(out var happened))
            {
                frames += happened.Kind == RtpEventKind.FrameReceived ? 1 : 0;
            }
        }
    }

    private static RtpSession Session(ulong seed) => new(Peer.Options(), RandomSource.Seeded(seed), NullLogger.Instance);
}
