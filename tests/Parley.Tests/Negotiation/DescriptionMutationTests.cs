using System.Text.RegularExpressions;
using Parley.Media;
using Parley.Net;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Lines of good descriptions deleted, doubled, moved, swapped or changed at random, by seed, in a running call: refused by name with
/// nothing changed, or applied and the call consistent. Never another exception, never a wait without end.
/// </summary>
public class DescriptionMutationTests
{
    private const string AudioPort = "m=audio ";

    private static readonly (string From, string To)[] Changes =
    [
        ("a=sendrecv", "a=inactive"), ("a=sendrecv", "a=recvonly"), ("a=setup:actpass", "a=setup:active"),
        ("a=setup:active", "a=setup:passive"),
        ("a=mid:0", "a=mid:9"), (AudioPort, "m=audio 0"), ("m=video", "m=audio"), ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), ("a=rtcp-mux", "a=x"),
        ("a=group:BUNDLE 0", "a=group:BUNDLE"), ("BUNDLE 0 1", "BUNDLE 1 0"), ("a=ice-ufrag:", "a=ice-ufrag:zz"),
        ("sha-256", "sha-384"), ("a=msid:", "a=msid:x"), ("apt=96", "apt=97"), ("VP8", "VP9"), ("opus", "speex"),
        ("a=sctp-port:5000", "a=sctp-port:5001"),
        ("a=extmap:1 ", "a=extmap:2 "), ("webrtc-datachannel", "x"), ("a=fmtp", "a=y"), ("a=candidate", "a=z"), ("IN IP4", "IN IP6"),
        ("a=ssrc:", "a=ssrc:1"),
    ];

    [Fact]
    public void Descriptions_MutatedByLines_AreRefusedWithNothingChangedOrApplied()
    {
        int refused = 0, applied = 0;
        var last = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 20_000UL : 500UL;
        for (ulong seed = 1; seed <= last; seed++)
        {
            if (Try(seed))
            {
                applied++;
            }
            else
            {
                refused++;
            }
        }

        Assert.True(refused >= 100 && applied >= 100, $"{refused} refused, {applied} applied");
    }

    /// <summary>Whether the mutated description was applied.</summary>
    private static bool Try(ulong seed)
    {
        var random = RandomSource.Seeded(seed);
        var pair = new Pair(seed);
        var accepted = false;
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video), new MediaStream("s"));
            var channel = pair.Alice.CreateDataChannel("d");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();

            // Alice is told something else than Bob has said: of his offer, or of his answer, with or without a restart.
            var (offers, restarts) = (random.Next(2) == 0, random.Next(3) == 0);
            var (from, to) = offers ? (pair.Bob, pair.Alice) : (pair.Alice, pair.Bob);
            if (restarts)
            {
                from.RestartIce();
            }

            await from.SetLocalDescriptionAsync();
            if (!offers)
            {
                await to.SetRemoteDescriptionAsync(from.LocalDescription!);
                await to.SetLocalDescriptionAsync();
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var right = pair.Bob.LocalDescription!;
            var before = Snapshot(pair.Alice);
            try
            {
                await pair.Alice.SetRemoteDescriptionAsync(
                    right with { Sdp = Mutate(right.Sdp, random), Type = !offers && random.Next(4) == 0 ? SdpType.Pranswer : right.Type });
                accepted = true;
            }
            catch (RtcException error)
                when (error is RtcError { ErrorDetail: RtcErrorDetail.SdpSyntaxError } || error.Name == RtcErrorNames.InvalidAccessError)
            {
                Assert.Equal(before, Snapshot(pair.Alice));
                await pair.Alice.SetRemoteDescriptionAsync(right);
            }

            if (offers)
            {
                await pair.Alice.SetLocalDescriptionAsync();
            }

            if (pair.Alice.SignalingState == SignalingState.HaveRemotePranswer)
            {
                try
                {
                    await pair.Alice.SetRemoteDescriptionAsync(right);
                }
                catch (RtcException error) when (restarts && error.Name == RtcErrorNames.InvalidAccessError)
                {
                    // With the restart the provisional answer brought another fingerprint: the final one cannot take it back, and from here
                    // no rollback is allowed either.
                    pair.Alice.Close();
                    pair.Bob.Close();
                    return;
                }
            }

            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            Assert.Equal(
                offers ? pair.Alice.CurrentLocalDescription!.Sdp : right.Sdp, offers ? pair.Alice.LocalDescription!.Sdp : right.Sdp);
            Assert.Equal(
                pair.Alice.GetTransceivers().Count(transceiver => transceiver.Mid is not null),
                pair.Alice.GetTransceivers().Select(transceiver => transceiver.Mid).OfType<string>().Distinct().Count());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            await pair.Alice.CreateOfferAsync();
            if (!accepted)
            {
                Assert.Equal((PeerConnectionState.Connected, DataChannelState.Open), (pair.Alice.ConnectionState, channel.ReadyState));
            }

            pair.Alice.Close();
            pair.Bob.Close();
        });
        Assert.True(pair.Simulator.RunUntilIdle(TimeSpan.FromSeconds(60)), $"seed {seed}: a timer is left");
        return accepted;
    }

    private static string Snapshot(PeerConnection connection) => string.Join('\n',
    [
        $"{connection.SignalingState} {connection.ConnectionState} {connection.IceConnectionState} {connection.IceGatheringState} "
        + $"{connection.SctpTransport?.State} {connection.CanTrickleIceCandidates}",
        connection.CurrentLocalDescription?.Sdp, connection.PendingLocalDescription?.Sdp, connection.CurrentRemoteDescription?.Sdp,
        connection.PendingRemoteDescription?.Sdp,
        .. connection.GetTransceivers().Select(transceiver =>
            $"{transceiver.Mid} {transceiver.Direction} {transceiver.CurrentDirection} {transceiver.Receiver.Track.IsMuted} "
            + $"{transceiver.Sender.GetParameters().Encodings.Count} {transceiver.Sender.Transport?.State} "
            + $"{transceiver.Sender.Transport?.IceTransport.GetRemoteParameters()}"),
    ]);

    private static string Mutate(string sdp, RandomSource random)
    {
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var lines = sdp.Split("\r\n").ToList();
            int one = random.Next(lines.Count - 1), other = random.Next(lines.Count - 1);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(one);
                    break;
                case 1:
                    lines.Insert(one, lines[one]);
                    break;
                case 2:
                    (lines[one], lines[other]) = (lines[other], lines[one]);
                    break;
                default:
                    var (from, to) = Changes[random.Next(Changes.Length)];
                    var at = lines.FindIndex(one, line => line.Contains(from, StringComparison.Ordinal));
                    at = at < 0 ? lines.FindIndex(line => line.Contains(from, StringComparison.Ordinal)) : at;
                    if (at >= 0)
                    {
                        lines[at] = from == AudioPort
                            ? Regex.Replace(lines[at], "m=audio [0-9]+", to)
                            : lines[at].Replace(from, to, StringComparison.Ordinal);
                    }

                    break;
            }

            sdp = string.Join("\r\n", lines);
        }

        return sdp;
    }
}
