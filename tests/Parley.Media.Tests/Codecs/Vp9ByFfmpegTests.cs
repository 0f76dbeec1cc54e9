using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Rtp;

namespace Parley.Media.Tests.Codecs;

/// <summary>
/// VP9 in RTP by ffmpeg over a socket, taken apart here. The other way does not go: ffmpeg reads an early draft that knows neither
/// TL0PICIDX nor scalability structures; Chromium is who reads ours.
/// </summary>
public sealed class Vp9ByFfmpegTests : IDisposable
{
    private static readonly RtpCodec Codec = new() { PayloadType = new(98), Name = "VP9", ClockRate = 90_000 };

    private readonly TemporaryDirectory _directory = new();
    private readonly RtpSession _session = new(
        new RtpSessionOptions { CanonicalName = "parley", NtpTimeAtZero = default }, RandomSource.Seeded(4), NullLogger.Instance);

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
            "ffmpeg",
                [
                    "-v", "error", "-re", "-i", path, "-c", "copy", "-strict", "experimental", "-payload_type", "98", "-f", "rtp",
                    $"rtp://127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}?pkt_size=600",
                ]) { RedirectStandardOutput = true })!;
        var frames = new List<(byte[] Data, bool IsKeyFrame, int Width, bool IsDecodable)>();
        var packets = 0;
        var start = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(Patience.Limit);
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

    private static void Encode(string path) => Programs.Run(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=15:duration=3", "-c:v", "libvpx-vp9", "-deadline",
        "realtime", "-cpu-used", "8",
        "-lag-in-frames", "0", "-auto-alt-ref", "0", "-b:v", "600k", "-pix_fmt", "yuv420p", "-g", "15", path);
}
