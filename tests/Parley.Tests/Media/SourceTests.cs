using Parley.Media;
using Parley.Rtp;

namespace Parley.Tests.Media;

/// <summary>
/// What receivers tell of the sources of what comes: contributors and their levels (RFC 6465), voices (RFC 6464), and times of capture
/// (webrtc-extensions).
/// </summary>
public class SourceTests
{
    private const string CaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
    private static readonly TimeSpan SimulatedDelay = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Mix_SentWithItsContributors_IsToldWithTheirLevelsForTenSeconds() =>
        Run(sendCaptureTime: false, takeCaptureTime: false, async (pair, call) =>
        {
            call.Contributors =
                [new RtpContributor(new Ssrc(7), 0), new RtpContributor(new Ssrc(8), 20), new RtpContributor(new Ssrc(9), 127)];
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var sources = call.Sound.GetContributingSources().ToDictionary(source => source.Source);
            Assert.Equal([7u, 8u, 9u], sources.Keys.Order());
            Assert.Equal((1.0, 0.1, 0.0), (sources[7].AudioLevel, Math.Round(sources[8].AudioLevel!.Value, 12), sources[9].AudioLevel));
            Assert.All(sources.Values, source =>
                Assert.InRange(pair.BobHost.Platform.TimeProvider.GetUtcNow() - source.Timestamp, TimeSpan.Zero, SimulatedDelay));
            Assert.Single(sources.Values.Select(source => source.RtpTimestamp).Distinct());
            Assert.Equal(
                [new RtpContributor(new Ssrc(7), 0), new RtpContributor(new Ssrc(8), 20), new RtpContributor(new Ssrc(9), 127)],
                call.LastSound.Contributors.ToArray());

            // Of pictures there is no level to tell.
            Assert.Equal([7u, 8u, 9u], call.Pictures.GetContributingSources().Select(source => source.Source).Order());
            Assert.All(call.Pictures.GetContributingSources(), source => Assert.Null(source.AudioLevel));

            call.Contributors = [new RtpContributor(new Ssrc(8))];
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var later = call.Sound.GetContributingSources();
            Assert.Equal(3, later.Count);
            Assert.Equal((8u, null), (later[0].Source, later[0].AudioLevel));
            call.Contributors = [];
            await pair.Simulator.Delay(TimeSpan.FromSeconds(9.3));
            Assert.Equal(8u, Assert.Single(call.Sound.GetContributingSources()).Source);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Empty(call.Sound.GetContributingSources());
        });

    [Fact]
    public void Voice_HeardByTheSender_IsToldWithItsLevel() => Run(sendCaptureTime: false, takeCaptureTime: false, async (pair, call) =>
    {
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(((byte?)40, false), (call.LastSound.AudioLevel, call.LastSound.VoiceActivity));
        call.HasVoice = true;
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(((byte?)40, true), (call.LastSound.AudioLevel, call.LastSound.VoiceActivity));
        Assert.Equal(0.01, Assert.Single(call.Sound.GetSynchronizationSources()).AudioLevel!.Value, 12);
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void CaptureTime_NotAgreedUpon_IsNotTold(bool send, bool take) => Run(send, take, async (pair, call) =>
    {
        await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        var sources = call.Sound.GetSynchronizationSources().Concat(call.Pictures.GetSynchronizationSources()).ToArray();
        Assert.Equal(2, sources.Length);
        Assert.All(sources, source => Assert.Equal((null, null), (source.CaptureTimestamp, source.SenderCaptureTimeOffset)));
    });

    [Fact]
    public void CaptureTime_AgreedUpon_IsToldForEachFrameByOneClock() =>
        Run(sendCaptureTime: true, takeCaptureTime: true, async (pair, call) =>
        {
            // The extension comes once a second; what lies between is reckoned by the RTP clock.
            call.Contributors = [new RtpContributor(new Ssrc(7), 10)];
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var seen = new HashSet<DateTimeOffset>();
            for (var i = 0; i < 30; i++)
            {
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(70));
                RtpContributingSource[] sources =
                [
                    Assert.Single(call.Sound.GetSynchronizationSources()), Assert.Single(call.Pictures.GetSynchronizationSources()),
                    Assert.Single(call.Sound.GetContributingSources()),
                ];
                var now = pair.AliceHost.Platform.TimeProvider.GetUtcNow();
                Assert.All(
                    sources, source => Assert.InRange(now - source.CaptureTimestamp!.Value, TimeSpan.FromMilliseconds(-1), SimulatedDelay));
                Assert.All(sources, source => Assert.Equal(TimeSpan.Zero, source.SenderCaptureTimeOffset));
                seen.Add(sources[0].CaptureTimestamp!.Value);
            }

            Assert.Equal(30, seen.Count);
        });

    private static void Run(bool sendCaptureTime, bool takeCaptureTime, Func<Pair, Mixer, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var call = new Mixer(pair);
            await pair.Alice.CreateOfferAsync();
            Enable(pair.Alice, sendCaptureTime);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Enable(pair.Bob, takeCaptureTime);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            pair.Bob.GetReceivers()[0].Track.Attach(call);
            await pair.ConnectedAsync();
            await scenario(pair, call);
            call.Ended = true;
            pair.Alice.Close();
            pair.Bob.Close();
        });

        static void Enable(PeerConnection connection, bool isEnabled)
        {
            foreach (var transceiver in connection.GetTransceivers().Where(_ => isEnabled))
            {
                transceiver.SetHeaderExtensionsToNegotiate(
                    [.. transceiver.GetHeaderExtensionsToNegotiate().Select(extension =>
                        extension.Uri == CaptureTime ? extension with { Direction = RtpTransceiverDirection.SendRecv } : extension)]);
            }
        }
    }

    /// <summary>Sends sound and pictures that are said to be mixed of others.</summary>
    private sealed class Mixer : IMediaSink
    {
        private readonly Pair _pair;

        public Mixer(Pair pair)
        {
            _pair = pair;
            foreach (var kind in new[] { MediaKind.Audio, MediaKind.Video })
            {
                var track = new MediaStreamTrack(kind);
                pair.Alice.AddTrack(track);
                _ = FeedAsync(track);
            }
        }

        public RtpContributor[] Contributors { get; set; } = [];

        public bool HasVoice { get; set; }

        public bool Ended { get; set; }

        public MediaFrame LastSound { get; private set; }

        public RtpReceiver Sound => _pair.Bob.GetReceivers()[0];

        public RtpReceiver Pictures => _pair.Bob.GetReceivers()[1];

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) =>
            LastSound = frame with { Data = frame.Data.ToArray(), Contributors = frame.Contributors.ToArray() };

        private async Task FeedAsync(MediaStreamTrack track)
        {
            var start = _pair.Simulator.Now;

            // Pictures of several packets, so that the sources stand in each.
            var data = track.Kind == MediaKind.Audio
                ? (byte[])[0xF8, 1, 0]
                : [0x10, 1, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, .. new byte[3000]];
            while (!Ended)
            {
                await _pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
                track.Write(new MediaFrame
                {
                    Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                    Data = data,
                    Timestamp = _pair.Simulator.Now - start,
                    IsKeyFrame = true,
                    AudioLevel = track.Kind == MediaKind.Audio ? (byte)40 : null,
                    VoiceActivity = HasVoice,
                    Contributors = Contributors,
                });
            }
        }
    }
}
