using System.Reflection;
using Parley.Media;

namespace Parley.Tests.Stats;

// webrtc-pc §8.6, "Mandatory To Implement Stats": each member exists, and in a call with sound, pictures and messages both ways has a true
// value.
public class StatsMandatoryTests
{
    /// <summary>The list of §8.6, by type: the record, and the members with their JavaScript names.</summary>
    private static readonly (string Type, Type Record, string[] Members)[] Mandatory =
    [
        ("codec", typeof(CodecStats), ["payloadType", "mimeType", "clockRate", "channels", "sdpFmtpLine"]),
        ("inbound-rtp", typeof(InboundRtpStreamStats), [
            "ssrc", "kind", "transportId", "codecId", "packetsReceived", "packetsLost", "jitter", "trackIdentifier", "remoteId",
            "framesDecoded", "framesDropped", "nackCount",
            "framesReceived", "bytesReceived", "totalAudioEnergy", "totalSamplesDuration", "packetsDiscarded"]),
        ("outbound-rtp", typeof(OutboundRtpStreamStats),
            ["ssrc", "kind", "transportId", "codecId", "packetsSent", "bytesSent", "remoteId", "framesEncoded", "nackCount", "framesSent"]),
        ("remote-inbound-rtp", typeof(RemoteInboundRtpStreamStats),
            ["ssrc", "kind", "transportId", "codecId", "packetsReceived", "packetsLost", "jitter", "localId", "roundTripTime"]),
        ("remote-outbound-rtp", typeof(RemoteOutboundRtpStreamStats),
            ["ssrc", "kind", "transportId", "codecId", "packetsSent", "bytesSent", "localId", "remoteTimestamp"]),
        ("media-source", typeof(AudioSourceStats), ["trackIdentifier", "kind", "totalAudioEnergy", "totalSamplesDuration"]),
        ("media-source", typeof(VideoSourceStats), ["trackIdentifier", "kind", "width", "height", "framesPerSecond"]),
        ("peer-connection", typeof(PeerConnectionStats), ["dataChannelsOpened", "dataChannelsClosed"]),
        ("data-channel", typeof(DataChannelStats),
            ["label", "protocol", "dataChannelIdentifier", "state", "messagesSent", "bytesSent", "messagesReceived", "bytesReceived"]),
        ("transport", typeof(TransportStats),
            ["bytesSent", "bytesReceived", "selectedCandidatePairId", "localCertificateId", "remoteCertificateId"]),
        ("candidate-pair", typeof(IceCandidatePairStats), [
            "transportId", "localCandidateId", "remoteCandidateId", "state", "nominated", "bytesSent", "bytesReceived",
            "totalRoundTripTime", "responsesReceived", "currentRoundTripTime"]),
        ("local-candidate", typeof(IceCandidateStats), ["address", "port", "protocol", "candidateType", "url"]),
        ("remote-candidate", typeof(IceCandidateStats), ["address", "port", "protocol", "candidateType", "url"]),
        ("certificate", typeof(CertificateStats), ["fingerprint", "fingerprintAlgorithm", "base64Certificate", "issuerCertificateId"]),
    ];

    /// <summary>What is null in this call: what it does not have.</summary>
    private static readonly HashSet<string> Unknowable =
    [
        "local-candidate.url", "remote-candidate.url", // no server gave them
        "certificate.issuerCertificateId", // signed by themselves
        "codec.channels of video", "codec.sdpFmtpLine of video", // VP8 has neither
        "inbound-rtp.totalAudioEnergy of video", "inbound-rtp.totalSamplesDuration of video", // not of pictures
        "inbound-rtp.framesDropped of audio", "inbound-rtp.framesReceived of audio", "outbound-rtp.framesSent of audio", // not of sound
        "inbound-rtp.framesDecoded of audio", "outbound-rtp.framesEncoded of audio",
    ];

    [Fact]
    public void Members_OfACallBothWays_AreThereAndTrue()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = await TalkAsync(pair);
            var report = await pair.Alice.GetStatsAsync();
            foreach (var (type, record, members) in Mandatory)
            {
                var entries = report.Values.Where(stats => stats.Type == type && stats.GetType() == record).ToArray();
                Assert.True(entries.Length > 0, type);
                foreach (var member in members)
                {
                    var property = record.GetProperty(char.ToUpperInvariant(member[0]) + member[1..]);
                    Assert.True(property is not null, $"{type}.{member}");
                    Assert.All(entries, entry => ExpectKnown(report, entry, type, member, property));
                }
            }

            ExpectTruth(call, report, await pair.Bob.GetStatsAsync());
            call.End();
        });
    }

    [Fact]
    public void Report_AfterClose_KeepsWhatWasCountedButTheStreams()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = await TalkAsync(pair);
            var before = await pair.Alice.GetStatsAsync();
            call.End();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            var after = await pair.Alice.GetStatsAsync();

            // The transceivers are stopped: streams end with them, and so do codecs, which only streams refer to (webrtc-stats §8.1).
            Assert.Equal(
                before.Values.Where(stats => stats is not (RtpStreamStats or CodecStats)).Select(stats => stats.Id).Order(),
                after.Keys.Order());
            Assert.Contains(after.Values, stats => stats is IceCandidatePairStats { BytesSent: > 1000 });
            var channel = Assert.Single(after.OfType<DataChannelStats>());
            Assert.Equal((DataChannelState.Closed, 3L, 30L), (channel.State, channel.MessagesSent, channel.BytesSent));
            Assert.Equal(
                (1, 1), after.OfType<PeerConnectionStats>().Select(stats => (stats.DataChannelsOpened, stats.DataChannelsClosed)).Single());
            Assert.Equal(DtlsTransportState.Closed, Assert.Single(after.OfType<TransportStats>()).DtlsState);
            Assert.Empty((await call.Alice.Sender.GetStatsAsync()).OfType<RtpStreamStats>());
            Assert.Empty((await call.Alice.Receiver.GetStatsAsync()).OfType<RtpStreamStats>());
        });
    }

    [Fact]
    public void Channel_ThatWasClosed_StaysInReports()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = await TalkAsync(pair);
            call.Channel.Close();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            foreach (var connection in new[] { pair.Alice, pair.Bob })
            {
                var channel = Assert.Single((await connection.GetStatsAsync()).OfType<DataChannelStats>());
                Assert.Equal((DataChannelState.Closed, "chat"), (channel.State, channel.Label));
                Assert.Equal(connection == pair.Alice ? 3 : 2, channel.MessagesSent);
            }

            call.End();
        });
    }

    [Fact]
    public void RemotePacketsReceived_OverALossyNetwork_IsWhatThePeerReceived()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = await TalkAsync(pair);
            pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost).Conditions = pair.Simulator.Network.Link(
                pair.AliceHost, pair.BobHost).Conditions with { Loss = 0.2 };
            await pair.Simulator.Delay(TimeSpan.FromSeconds(20));
            call.Quiet = true;
            pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost).Conditions = pair.Simulator.Network.Link(
                pair.AliceHost, pair.BobHost).Conditions with { Loss = 0 };
            await pair.Simulator.Delay(TimeSpan.FromSeconds(8));
            var said = (await pair.Alice.GetStatsAsync()).OfType<RemoteInboundRtpStreamStats>().Single(stats => stats.Kind == "audio");
            var truth = (await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == "audio");
            Assert.InRange(said.PacketsLost, 100, 400);
            Assert.Null(truth.RetransmittedPacketsReceived);
            Assert.Equal(truth.PacketsReceived, said.PacketsReceived);
            call.End();
        });
    }

    private static void ExpectKnown(StatsReport report, Parley.Stats entry, string type, string member, PropertyInfo property)
    {
        var kind = entry switch
        {
            RtpStreamStats stream => stream.Kind,
            CodecStats codec => codec.MimeType.Split('/')[0],
            _ => "",
        };
        var value = property.GetValue(entry);
        var expected = !Unknowable.Contains($"{type}.{member}") && !Unknowable.Contains($"{type}.{member} of {kind}");
        Assert.True(expected == value is not null, $"{type}.{member} {kind}: {value ?? "null"}");
        if (member.EndsWith("Id", StringComparison.Ordinal) && value is string id)
        {
            Assert.Contains(id, report.Keys);
        }
    }

    private static void ExpectTruth(Talk call, StatsReport alice, StatsReport bob)
    {
        foreach (var kind in new[] { "audio", "video" })
        {
            var sent = alice.OfType<OutboundRtpStreamStats>().Single(stats => stats.Kind == kind);
            var got = bob.OfType<InboundRtpStreamStats>().Single(stats => stats.Kind == kind);
            var truth = kind == "audio" ? call.HeardByBob : call.SeenByBob;
            Assert.InRange(sent.FramesSent ?? sent.PacketsSent, truth.Total, truth.Total + 2);
            Assert.InRange(got.FramesReceived ?? got.PacketsReceived, truth.Total, truth.Total + 2);
            Assert.Equal((sent.Ssrc, 0L, 0L), (got.Ssrc, got.PacketsLost, got.FramesDropped ?? 0));
            Assert.InRange(got.PacketsReceived, sent.PacketsSent - 2, sent.PacketsSent);
            var said = Assert.IsType<RemoteInboundRtpStreamStats>(alice[sent.RemoteId!]);
            Assert.InRange(said.PacketsReceived, sent.PacketsSent - 300, sent.PacketsSent);
            Assert.True(said.PacketsReceived > 50);
            Assert.InRange(said.RoundTripTime!.Value, 0, 0.5);
            Assert.InRange(Assert.IsType<RemoteOutboundRtpStreamStats>(bob[got.RemoteId!]).PacketsSent, 1, sent.PacketsSent);
            Assert.Equal(kind == "video" ? (16, 16) : (null, null), (got.FrameWidth, got.FrameHeight));
            Assert.Equal(kind == "video" ? (16, 16) : (null, null), (sent.FrameWidth, sent.FrameHeight));
            if (kind == "video")
            {
                Assert.InRange(got.FramesPerSecond!.Value, 49, 51);
                Assert.InRange(sent.FramesPerSecond!.Value, 49, 51);
            }
            else
            {
                // Frames of 20 ms at -20 dBov: a hundredth of the greatest power.
                Assert.Equal(got.PacketsReceived * 0.02, got.TotalSamplesDuration!.Value, 6);
                Assert.Equal(
                    (got.PacketsReceived * 960, got.PacketsReceived * 960), (got.TotalSamplesReceived, got.JitterBufferEmittedCount));
                Assert.Equal(0, got.JitterBufferDelay!.Value, 6);
                Assert.Equal(got.TotalSamplesDuration.Value / 100, got.TotalAudioEnergy!.Value, 6);
                Assert.Equal(0.1, got.AudioLevel!.Value, 6);
            }
        }

        var sound = Assert.Single(alice.OfType<AudioSourceStats>());
        Assert.Equal(sound.TotalSamplesDuration!.Value / 100, sound.TotalAudioEnergy!.Value, 6);
        Assert.InRange(sound.TotalSamplesDuration.Value, call.HeardByBob.Total * 0.02 - 0.001, call.HeardByBob.Total * 0.02 + 0.05);
        var picture = Assert.Single(alice.OfType<VideoSourceStats>());
        Assert.Equal((16, 16), (picture.Width, picture.Height));
        Assert.InRange(picture.FramesPerSecond!.Value, 49, 51);
        var channel = Assert.Single(alice.OfType<DataChannelStats>());
        Assert.Equal((3L, 30L, 2L, 8L), (channel.MessagesSent, channel.BytesSent, channel.MessagesReceived, channel.BytesReceived));
        Assert.Equal(("chat", "text", DataChannelState.Open), (channel.Label, channel.Protocol, channel.State));
    }

    private static async Task<Talk> TalkAsync(Pair pair)
    {
        var call = new Talk(pair);
        await call.StartAsync();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(8));
        return call;
    }

    /// <summary>A call with sound, pictures and a channel both ways.</summary>
    private sealed class Talk(Pair pair)
    {
        private bool _ended;

        public bool Quiet { get; set; }

        public RtpTransceiver Alice { get; private set; } = null!;

        public DataChannel Channel { get; private set; } = null!;

        public FrameCounter HeardByBob { get; } = new();

        public FrameCounter SeenByBob { get; } = new();

        public async Task StartAsync()
        {
            pair.TrickleBothWays();
            Channel = pair.Alice.CreateDataChannel("chat", new DataChannelInit { Protocol = "text" });
            Channel.Opened += (_, _) =>
            {
                for (var i = 0; i < 3; i++)
                {
                    Channel.Send("0123456789");
                }
            };
            pair.Bob.DataChannelAdded += (_, args) =>
            {
                args.Channel.Send("four");
                args.Channel.Send("four");
            };
            pair.Bob.TrackAdded += (_, args) => args.Track.Attach(args.Track.Kind == MediaKind.Audio ? HeardByBob : SeenByBob);
            Alice = pair.Alice.AddTransceiver(Track(MediaKind.Audio));
            pair.Alice.AddTransceiver(Track(MediaKind.Video));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            pair.Bob.AddTrack(Track(MediaKind.Audio));
            pair.Bob.AddTrack(Track(MediaKind.Video));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
        }

        public void End()
        {
            _ended = true;
            pair.Alice.Close();
            pair.Bob.Close();
        }

        private MediaStreamTrack Track(MediaKind kind)
        {
            var track = new MediaStreamTrack(kind);
            _ = FeedAsync(track);
            return track;
        }

        private async Task FeedAsync(MediaStreamTrack track)
        {
            var start = pair.Simulator.Now;

            // An Opus packet of one frame of 20 ms; a VP8 key frame of 16 by 16.
            byte[] data = track.Kind == MediaKind.Audio ? [0xF8, 1, 0] : [0x10, 1, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, 1, 2, 3, 4];
            while (!_ended)
            {
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
                if (!Quiet)
                {
                    track.Write(new MediaFrame
                    {
                        Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                        Data = data,
                        Timestamp = pair.Simulator.Now - start,
                        IsKeyFrame = true,
                        AudioLevel = track.Kind == MediaKind.Audio ? (byte)20 : null,
                    });
                }
            }
        }
    }
}
