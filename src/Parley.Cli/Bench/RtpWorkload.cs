using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Parley.Media;

namespace Parley.Cli.Bench;

/// <summary>
/// Video frames of one packet each, as fast as they go. The receiver says on a data channel how far it has come, so that no queue on the
/// way overflows; what is lost all the same is counted.
/// </summary>
internal sealed class RtpWorkload : Workload
{
    private const int Window = 256;
    private const int AcknowledgeEvery = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LossAfter = TimeSpan.FromMilliseconds(50);

    public override string Name => "rtp";

    public override int DefaultMessage => 1100;

    public override async Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        using SharedUdpPort? port = options.OpenPort();
        (Signaling.ISignalingChannel signaling, IDisposable end) = link.Open();
        using (end)
        {
            await using var here = new BenchEnd(signaling, polite: false, port);
            var track = new MediaStreamTrack(MediaKind.Video);
            here.Begin();
            here.Connection.AddTrack(track, new MediaStream());
            DataChannel channel = here.Connection.CreateDataChannel("bench");
            await BenchEnd.OpenedAsync(channel, cancellation);
            var sender = new Sender(track, channel, options.Message ?? DefaultMessage);
            await sender.RunAsync(WarmUp, cancellation);
            TimeSpan before = link.ProcessorTime;
            long received = sender.Received, sent = sender.Sent, start = Stopwatch.GetTimestamp();
            await sender.RunAsync(TimeSpan.FromSeconds(options.Seconds), cancellation);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            received = sender.Received - received;
            result.WriteNumber("packets_s", Math.Round(received / seconds));
            result.WriteNumber("cpu_us_per_packet", Math.Round((link.ProcessorTime - before).TotalMicroseconds / Math.Max(1, received), 3));
            result.WriteNumber("sent_s", Math.Round((sender.Sent - sent) / seconds));
        }
    }

    public override void Serve(PeerConnection connection)
    {
        var counter = new Receiver();
        connection.TrackAdded += (_, e) => e.Track.Attach(counter);
        connection.DataChannelAdded += (_, e) => counter.Channel = e.Channel;
    }

    private sealed class Receiver : IMediaSink
    {
        private long _frames;

        public DataChannel? Channel { get; set; }

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
        {
            if (++_frames % AcknowledgeEvery == 0 && Channel is { ReadyState: DataChannelState.Open } channel)
            {
                channel.Send(string.Create(CultureInfo.InvariantCulture, $"{_frames}"));
            }
        }
    }

    private sealed class Sender
    {
        private readonly MediaStreamTrack _track;
        private readonly byte[] _payload;
        private readonly SemaphoreSlim _progress = new(0);
        private long _received;
        private long _credit = Window;

        public Sender(MediaStreamTrack track, DataChannel channel, int size)
        {
            _track = track;
            _payload = new byte[size];

            // An interframe of VP8 (RFC 6386 §9.1), so that nothing waits for its parts.
            _payload[0] = 0x11;
            channel.MessageReceived += (_, e) =>
            {
                long received = long.Parse(e.Text, CultureInfo.InvariantCulture);
                Interlocked.Add(ref _credit, received - Interlocked.Exchange(ref _received, received));
                if (_progress.CurrentCount == 0)
                {
                    _progress.Release();
                }
            };
        }

        public long Sent { get; private set; }

        public long Received => Interlocked.Read(ref _received);

        public async Task RunAsync(TimeSpan time, CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < time)
            {
                if (Interlocked.Read(ref _credit) <= 0)
                {
                    if (!await _progress.WaitAsync(LossAfter, cancellation))
                    {
                        Interlocked.Exchange(ref _credit, Window);
                    }

                    continue;
                }

                Interlocked.Decrement(ref _credit);
                bool first = Sent == 0;
                _payload[0] = (byte)(first ? 0x10 : 0x11);
                _track.Write(new MediaFrame
                {
                    Format = MediaFormat.Vp8,
                    Data = _payload,
                    Timestamp = TimeSpan.FromTicks(Sent * TimeSpan.TicksPerMillisecond),
                    IsKeyFrame = first,
                });
                Sent++;
            }
        }
    }
}
