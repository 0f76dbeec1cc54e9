using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Rtp;

namespace Parley.Media.Tests.Codecs;

/// <summary>VP9 in RTP with ffmpeg at the other end of a socket: packets of its making taken apart here, and of ours there.</summary>
public sealed class Vp9ByFfmpegTests : IDisposable
{
    private static readonly RtpCodec Codec = new() { PayloadType = new(98), Name = "VP9", ClockRate = 90_000 };

    private readonly TemporaryDirectory _directory = new();
    private readonly RtpSession _session = new(new RtpSessionOptions { CanonicalName = "parley", NtpTimeAtZero = default }, RandomSource.Seeded(4), NullLogger.Instance);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task PacketsOfFfmpeg_BecomeTheFramesItEncoded()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Client.ReceiveBufferSize = 1 << 22;
        _session.AddInbound(new() { Codecs = [Codec] });
        var path = _directory["in.ivf"];
        Encode(path);
        using var ffmpeg = Process.Start(new ProcessStartInfo(
            "ffmpeg", ["-v", "error", "-re", "-i", path, "-c", "copy", "-strict", "experimental", "-payload_type", "98", "-f", "rtp", $"rtp://127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}?pkt_size=600"]) { RedirectStandardOutput = true })!;
        var frames = new List<(byte[] Data, bool IsKeyFrame, int Width, bool IsDecodable)>();
        var packets = 0;
        var start = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (frames.Count < 45)
        {
            var packet = (await socket.ReceiveAsync(limit.Token)).Buffer;
            packets++;
            var now = Instant.Zero + Stopwatch.GetElapsedTime(start);
            _session.Receive(packet, now);
            _session.Advance(now);
            while (_session.TryRead(out var happened))
            {
                if (happened.Frame is { } frame)
                {
                    frames.Add((frame.Data.ToArray(), frame.IsKeyFrame, frame.Width, frame.IsDecodable));
                }
            }
        }

        await ffmpeg.WaitForExitAsync(limit.Token);
        Assert.True(packets > 90, $"{packets} packets");
        using var reader = IvfReader.Open(path);
        foreach (var (frame, i) in frames.Select((frame, i) => (frame, i)))
        {
            Assert.True(reader.TryRead(out var read) && read.Data.Span.SequenceEqual(frame.Data), $"frame {i}");
            Assert.Equal((i % 15 == 0, i % 15 == 0 ? 320 : 0, true), (frame.IsKeyFrame, frame.Width, frame.IsDecodable));
        }
    }

    [Fact]
    public async Task PacketsOfOurs_AreDecodedByFfmpeg()
    {
        var (path, copy, description) = (_directory["in.ivf"], _directory["out.ivf"], _directory["in.sdp"]);
        Encode(path);
        int port;
        using (var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            port = ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
        }

        File.WriteAllText(description, $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video {port} RTP/AVP 98\r\na=rtpmap:98 VP9/90000\r\n");
        using var ffmpeg = Process.Start(new ProcessStartInfo(
            "ffmpeg", ["-v", "error", "-protocol_whitelist", "file,udp,rtp", "-i", description, "-c", "copy", "-frames:v", "40", copy]) { RedirectStandardOutput = true })!;
        using var socket = new UdpClient();
        socket.Connect(IPAddress.Loopback, port);
        var video = _session.AddOutbound(new() { Codecs = [Codec] });
        var frames = new List<(byte[] Data, bool IsKeyFrame)>();
        using (var reader = IvfReader.Open(path))
        {
            while (reader.TryRead(out var frame))
            {
                frames.Add((frame.Data.ToArray(), VideoFrame.IsKeyFrame(MediaFormat.Vp9, frame.Data.Span)));
            }
        }

        // Over and over, until it has begun to listen and has had enough.
        var buffer = new byte[1500];
        var end = Stopwatch.GetTimestamp() + 60 * Stopwatch.Frequency;
        for (var i = 0; !ffmpeg.HasExited && Stopwatch.GetTimestamp() < end; i++)
        {
            var now = Instant.Zero + TimeSpan.FromSeconds(i / 15.0);
            var (data, isKeyFrame) = frames[i % frames.Count];
            video.Send(new() { PayloadType = Codec.PayloadType, Timestamp = new((uint)i * 6000), Data = data, IsKeyFrame = isKeyFrame }, now);
            _session.Advance(now);
            while (_session.Transmit(buffer, now) is var length and > 0)
            {
                try
                {
                    socket.Send(buffer.AsSpan(0, length));
                }
                catch (SocketException)
                {
                    // Nobody listens yet.
                }
            }

            await Task.Delay(15);
        }

        Assert.True(ffmpeg.HasExited && ffmpeg.ExitCode == 0);
        var probed = Programs.Probe(copy);
        Assert.Equal(("vp9", "320", "180", "40"), (probed["codec_name"], probed["width"], probed["height"], probed["nb_read_packets"]));

        // What it wrote are our frames, one after the other.
        using var written = IvfReader.Open(copy);
        var last = -1;
        while (written.TryRead(out var frame))
        {
            var number = frames.FindIndex(each => frame.Data.Span.SequenceEqual(each.Data));
            Assert.True(number >= 0 && (last < 0 || number == (last + 1) % frames.Count), $"{number} after {last}");
            last = number;
        }
    }

    private static void Encode(string path) => Programs.Run(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=15:duration=3", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8",
        "-lag-in-frames", "0", "-auto-alt-ref", "0", "-b:v", "600k", "-pix_fmt", "yuv420p", "-g", "15", path);
}
