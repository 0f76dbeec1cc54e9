using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Stats;

/// <summary>A report in JSON against the dictionaries of webrtc-stats, and docs/stats.md against both.</summary>
public partial class StatsJsonTests
{
    private static readonly string[] Stream = ["timestamp", "type", "id", "ssrc", "kind", "transportId", "codecId"];

    private static readonly string[] Received =
        [
            .. Stream, "packetsReceived", "packetsReceivedWithEct1", "packetsReceivedWithCe", "packetsReportedAsLost",
            "packetsReportedAsLostButRecovered", "packetsLost", "jitter",
        ];

    /// <summary>Each type with the members of its dictionary, those inherited first.</summary>
    private static readonly Dictionary<string, string[]> Dictionaries = new()
    {
        ["codec"] = ["timestamp", "type", "id", "payloadType", "transportId", "mimeType", "clockRate", "channels", "sdpFmtpLine"],
        ["inbound-rtp"] =
        [
            .. Received, "trackIdentifier", "mid", "remoteId", "framesDecoded", "keyFramesDecoded", "framesRendered", "framesDropped",
            "frameWidth", "frameHeight", "framesPerSecond", "qpSum",
            "totalDecodeTime", "totalInterFrameDelay", "totalSquaredInterFrameDelay", "pauseCount", "totalPausesDuration", "freezeCount",
            "totalFreezesDuration", "lastPacketReceivedTimestamp",
            "headerBytesReceived", "packetsDiscarded", "fecBytesReceived", "fecPacketsReceived", "fecPacketsDiscarded", "bytesReceived",
            "nackCount", "firCount", "pliCount",
            "totalProcessingDelay", "estimatedPlayoutTimestamp", "jitterBufferDelay", "jitterBufferTargetDelay", "jitterBufferEmittedCount",
            "jitterBufferMinimumDelay", "totalSamplesReceived",
            "concealedSamples", "silentConcealedSamples", "concealmentEvents", "insertedSamplesForDeceleration",
            "removedSamplesForAcceleration", "audioLevel", "totalAudioEnergy",
            "totalSamplesDuration", "framesReceived", "decoderImplementation", "playoutId", "powerEfficientDecoder",
            "framesAssembledFromMultiplePackets", "totalAssemblyTime",
            "retransmittedPacketsReceived", "retransmittedBytesReceived", "rtxSsrc", "fecSsrc", "totalCorruptionProbability",
            "totalSquaredCorruptionProbability", "corruptionMeasurements",
        ],
        ["outbound-rtp"] =
        [
            .. Stream, "packetsSent", "bytesSent", "mid", "mediaSourceId", "remoteId", "rid", "encodingIndex", "headerBytesSent",
            "retransmittedPacketsSent", "retransmittedBytesSent", "rtxSsrc",
            "targetBitrate", "totalEncodedBytesTarget", "frameWidth", "frameHeight", "framesPerSecond", "framesSent", "hugeFramesSent",
            "framesEncoded", "keyFramesEncoded", "qpSum", "psnrSum",
            "psnrMeasurements", "totalEncodeTime", "totalPacketSendDelay", "qualityLimitationReason", "qualityLimitationDurations",
            "qualityLimitationResolutionChanges", "nackCount", "firCount",
            "pliCount", "encoderImplementation", "powerEfficientEncoder", "active", "scalabilityMode", "packetsSentWithEct1",
        ],
        ["remote-inbound-rtp"] =
        [
            .. Received, "localId", "roundTripTime", "totalRoundTripTime", "fractionLost", "roundTripTimeMeasurements",
            "packetsWithBleachedEct1Marking",
        ],
        ["remote-outbound-rtp"] =
        [
            .. Stream, "packetsSent", "bytesSent", "localId", "remoteTimestamp", "reportsSent", "roundTripTime", "totalRoundTripTime",
            "roundTripTimeMeasurements",
        ],
        ["media-source"] =
        [
            "timestamp", "type", "id", "trackIdentifier", "kind", "audioLevel", "totalAudioEnergy", "totalSamplesDuration",
            "echoReturnLoss", "echoReturnLossEnhancement", "width", "height",
            "frames", "framesPerSecond",
        ],
        ["media-playout"] =
        [
            "timestamp", "type", "id", "kind", "synthesizedSamplesDuration", "synthesizedSamplesEvents", "totalSamplesDuration",
            "totalPlayoutDelay", "totalSamplesCount",
        ],
        ["peer-connection"] = ["timestamp", "type", "id", "dataChannelsOpened", "dataChannelsClosed"],
        ["data-channel"] =
        [
            "timestamp", "type", "id", "label", "protocol", "dataChannelIdentifier", "state", "messagesSent", "bytesSent",
            "messagesReceived", "bytesReceived",
        ],
        ["transport"] =
        [
            "timestamp", "type", "id", "packetsSent", "packetsReceived", "bytesSent", "bytesReceived", "iceRole",
            "iceLocalUsernameFragment", "dtlsState", "iceState", "selectedCandidatePairId",
            "localCertificateId", "remoteCertificateId", "tlsVersion", "dtlsCipher", "dtlsRole", "srtpCipher",
            "selectedCandidatePairChanges", "ccfbMessagesSent", "ccfbMessagesReceived",
        ],
        ["candidate-pair"] =
        [
            "timestamp", "type", "id", "transportId", "localCandidateId", "remoteCandidateId", "state", "nominated", "packetsSent",
            "packetsReceived", "bytesSent", "bytesReceived",
            "lastPacketSentTimestamp", "lastPacketReceivedTimestamp", "totalRoundTripTime", "currentRoundTripTime",
            "availableOutgoingBitrate", "availableIncomingBitrate", "requestsReceived",
            "requestsSent", "responsesReceived", "responsesSent", "consentRequestsSent", "packetsDiscardedOnSend", "bytesDiscardedOnSend",
        ],
        ["local-candidate"] = Candidate,
        ["remote-candidate"] = Candidate,
        ["certificate"] = ["timestamp", "type", "id", "fingerprint", "fingerprintAlgorithm", "base64Certificate", "issuerCertificateId"],
    };

    /// <summary>What the table of docs/stats.md says is given, and is not there in the call of this test.</summary>
    private static readonly string[] NotInThisCall =
    [
        "certificate.issuerCertificateId", // signed by themselves
        "local-candidate.url", "local-candidate.relatedAddress", "local-candidate.relatedPort", // hosts only
        "remote-candidate.url", "remote-candidate.relatedAddress", "remote-candidate.relatedPort",
        "candidate-pair.availableOutgoingBitrate", // Parley sends no REMB
    ];

    private static string[] Candidate =>
    [
        "timestamp", "type", "id", "transportId", "address", "port", "protocol", "candidateType", "priority", "url", "relayProtocol",
        "foundation", "relatedAddress", "relatedPort",
        "usernameFragment", "tcpType",
    ];

    [Fact]
    public void Report_OfACallBothWays_HasTheNamesAndKindsOfTheDictionaries()
    {
        RunCall(async pair =>
        {
            var seen = new HashSet<string>();
            foreach (var connection in new[] { pair.Alice, pair.Bob })
            {
                using var json = JsonDocument.Parse((await connection.GetStatsAsync()).ToJson());
                foreach (var entry in json.RootElement.EnumerateObject())
                {
                    var type = entry.Value.GetProperty("type").GetString()!;
                    Assert.Equal(entry.Name, entry.Value.GetProperty("id").GetString());
                    Assert.Empty(entry.Value.EnumerateObject().Select(member => member.Name).Except(Dictionaries[type]));
                    Assert.All(entry.Value.EnumerateObject(), member => ExpectKind(json.RootElement, member));
                    seen.UnionWith(entry.Value.EnumerateObject().Select(member => $"{type}.{member.Name}"));
                }
            }

            // What the page says is given is given in a call, and nothing else is.
            var said = Rows().Where(row => row.IsGiven).Select(row => $"{row.Type}.{row.Member}").ToHashSet();
            Assert.Equal(said.Except(NotInThisCall).Order(), seen.Order());
            Assert.Empty(NotInThisCall.Except(said));
        });
    }

    [Fact]
    public void Page_OfTheStatistics_NamesEachMemberOfEachDictionaryAndItsProperty()
    {
        var rows = Rows();
        Assert.Equal(
            Dictionaries.SelectMany(entry => entry.Value.Select(member => $"{entry.Key}.{member}")).Order(),
            rows.Select(row => $"{row.Type}.{row.Member}").Order());
        Assert.All(rows.Where(row => row.Name.Length > 0), row => Assert.True(ApiTable.Exists(row.Name), row.Name));
        Assert.All(rows.Where(row => !row.IsGiven), row => Assert.True(row.Remark.Length > 10, $"{row.Type}.{row.Member}"));
    }

    [Fact]
    public void Members_OfSoundAndOfPictures_AreWhereTheTextHasThemOnly()
    {
        string[] ofPictures =
        [
            "framesDropped", "framesReceived", "frameWidth", "frameHeight", "framesPerSecond", "firCount", "pliCount",
            "framesAssembledFromMultiplePackets", "totalAssemblyTime", "framesSent",
            "framesDecoded", "keyFramesDecoded", "framesEncoded", "keyFramesEncoded",
            "encodingIndex", "qualityLimitationReason", "qualityLimitationDurations", "qualityLimitationResolutionChanges", "width",
            "height", "frames",
        ];
        string[] ofSound = ["totalSamplesReceived", "audioLevel", "totalAudioEnergy", "totalSamplesDuration"];
        RunCall(async pair =>
        {
            using var json = JsonDocument.Parse((await pair.Alice.GetStatsAsync()).ToJson());
            foreach (var entry in json.RootElement.EnumerateObject().Select(entry => entry.Value).Where(entry =>
                entry.TryGetProperty("kind", out _)))
            {
                var members = entry.EnumerateObject().Select(member => member.Name).ToArray();
                Assert.Empty(members.Intersect(entry.GetProperty("kind").GetString() == "audio" ? ofPictures : ofSound));
            }

            var sent = json.RootElement.EnumerateObject().Select(entry => entry.Value).Single(entry =>
                entry.GetProperty("type").GetString() == "outbound-rtp" && entry.GetProperty("kind").GetString() == "video");
            Assert.Equal(
                ("none", 0, 0), (sent.GetProperty("qualityLimitationReason").GetString(), sent.GetProperty("encodingIndex").GetInt32(),
                    sent.GetProperty("qualityLimitationResolutionChanges").GetInt32()));
            Assert.Equal(
                ["none", "cpu", "bandwidth", "other"],
                sent.GetProperty("qualityLimitationDurations").EnumerateObject().Select(member => member.Name));
        });
    }

    [Fact]
    public void Timestamps_InMilliseconds_AreThoseOfTheReport()
    {
        RunCall(async pair =>
        {
            var report = await pair.Alice.GetStatsAsync();
            using var json = JsonDocument.Parse(report.ToJson(indented: true));
            var inbound = report.OfType<InboundRtpStreamStats>().First(stats => stats.Kind == "audio");
            var written = json.RootElement.GetProperty(inbound.Id);
            Assert.Equal((inbound.Timestamp - DateTimeOffset.UnixEpoch).TotalMilliseconds, written.GetProperty("timestamp").GetDouble());
            Assert.Equal(
                (inbound.LastPacketReceivedTimestamp!.Value - DateTimeOffset.UnixEpoch).TotalMilliseconds,
                written.GetProperty("lastPacketReceivedTimestamp").GetDouble());

            // This one counts from the epoch of NTP. The simulated peers' clocks are one, and so is what is shown but for the way it took.
            var shown = inbound.EstimatedPlayoutTimestamp!.Value;
            Assert.InRange(inbound.Timestamp - shown, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
            Assert.Equal((shown - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalMilliseconds,
                written.GetProperty("estimatedPlayoutTimestamp").GetDouble(), 3);
        });
    }

    private static void ExpectKind(JsonElement report, JsonProperty member)
    {
        switch (member.Name)
        {
            case "nominated" or "active":
                Assert.Contains(member.Value.ValueKind, new[] { JsonValueKind.True, JsonValueKind.False });
                break;
            case "qualityLimitationDurations":
                Assert.Equal(JsonValueKind.Object, member.Value.ValueKind);
                break;
            case "timestamp" or "remoteTimestamp" or "lastPacketReceivedTimestamp" or "lastPacketSentTimestamp"
                or "estimatedPlayoutTimestamp":
                Assert.InRange(member.Value.GetDouble(), 1e11, 1e13);
                break;
            case "state":
                Assert.Contains(member.Value.GetString(), new[] { "open", "frozen", "waiting", "in-progress", "failed", "succeeded" });
                break;
            case "iceState" or "dtlsState" or "iceRole" or "dtlsRole" or "candidateType" or "protocol" or "kind":
                Assert.Contains(
                    member.Value.GetString(), new[]
                    {
                        "connected", "completed", "controlling", "controlled", "client", "server", "host", "prflx", "udp", "text", "audio",
                        "video",
                    });
                break;
            case "transportId" or "codecId" or "mediaSourceId" or "remoteId" or "localId" or "selectedCandidatePairId"
                or "localCertificateId" or "remoteCertificateId" or "localCandidateId" or "remoteCandidateId":
                Assert.True(report.TryGetProperty(member.Value.GetString()!, out _), member.Name);
                break;
        }
    }

    private static void RunCall(Func<Pair, Task> look)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("chat", new DataChannelInit { Protocol = "text" });
            var ended = false;
            foreach (var connection in new[] { pair.Alice, pair.Bob })
            {
                connection.AddTrack(Feed(MediaKind.Audio));
                connection.AddTransceiver(
                    Feed(MediaKind.Video),
                    new RtpTransceiverInit
                    {
                        SendEncodings = connection == pair.Alice
                            ? []
                            : [new RtpEncodingParameters { Rid = "a" }, new RtpEncodingParameters { Rid = "b" }],
                    });
            }

            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(8));
            await look(pair);
            ended = true;
            pair.Alice.Close();
            pair.Bob.Close();

            MediaStreamTrack Feed(MediaKind kind) => FedTrack.Create(pair.Simulator, kind, pictureSize: 2000, () => ended);
        });
    }

    /// <summary>The tables of docs/stats.md: below a heading of one or more types, a row for each member.</summary>
    private static IReadOnlyList<(string Type, string Member, string Name, bool IsGiven, string Remark)> Rows()
    {
        var rows = new List<(string, string, string, bool, string)>();
        string[] types = [];
        foreach (var line in File.ReadLines(Path.Combine(new ApiTable().Root, "docs", "stats.md")))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                types = [.. line[4..].Split(", ")];
            }
            else if (RowPattern().Match(line) is { Success: true } match)
            {
                var isGiven = !match.Groups[3].Value.StartsWith("not given", StringComparison.Ordinal);
                rows.AddRange(
                    from type in types
                    from member in match.Groups[1].Value.Split(", ")
                    select (type, member.Trim('`'), match.Groups[2].Value.Trim('`'), isGiven, match.Groups[3].Value));
            }
        }

        return rows;
    }

    [GeneratedRegex(@"^\| (`[a-z]\w*`(?:, `\w+`)*) \| (`[\w.]+`)? ?\| (.*) \|$")]
    private static partial Regex RowPattern();
}
