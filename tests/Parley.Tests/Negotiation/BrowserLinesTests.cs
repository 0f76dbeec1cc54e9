using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Offers and answers have the lines that browsers write, in every section and under every bundle policy (docs/negotiation.md, "Deliberate
/// deviations").
/// </summary>
public class BrowserLinesTests
{
    private static readonly string[] NoBrowserWrites = ["a=group:LS", "a=tls-id", "a=rtcp-mux-only", "a=bundle-only", "a=maxptime"];

    [Theory]
    [InlineData(BundlePolicy.Balanced)]
    [InlineData(BundlePolicy.MaxBundle)]
    [InlineData(BundlePolicy.MaxCompat)]
    public void Offer_UnderEachBundlePolicy_HasPortAndTransportLinesInEverySection(BundlePolicy policy)
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = policy });
        pair.Run(async () =>
        {
            AddOfEachKind(pair.Alice);
            await ExpectBrowserLinesAsync(pair.Alice, sections: 4);
            var first = LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:")[0];

            // Again, with candidates and a section more; and after an answer.
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await ExpectBrowserLinesAsync(pair.Alice, sections: 5);
            Assert.Equal(first, LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:")[0]);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.DoesNotContain(pair.Bob.LocalDescription!.Sdp.Split("\r\n"), line =>
                NoBrowserWrites.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await ExpectBrowserLinesAsync(pair.Alice, sections: 6);
            Assert.Equal(first, LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:")[0]);
        });
    }

    [Theory]
    [InlineData(BundlePolicy.Balanced)]
    [InlineData(BundlePolicy.MaxCompat)]
    public void Restart_GivesAllSectionsTheSameNewCredentials(BundlePolicy policy)
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = policy });
        pair.Run(async () =>
        {
            AddOfEachKind(pair.Alice);
            await pair.Alice.SetLocalDescriptionAsync();
            var before = LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:")[0];

            // Before an answer, with a section that has no transport yet.
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.CreateOfferAsync(new OfferOptions { IceRestart = true });
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            Assert.Equal(5, LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:").Length);
            var restarted = Assert.Single(LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:").Distinct());
            Assert.NotEqual(before, restarted);
            Assert.Single(LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-pwd:").Distinct());
        });
    }

    [Fact]
    public void RestartOfTransportsThatDoNotBundle_IsOfferedAndAnsweredWithOnePairOfCredentials()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await ExchangeAsync();
            pair.Alice.RestartIce();
            await ExchangeAsync();
            Assert.Equal(2, pair.Bob.GetReceivers().Select(receiver => receiver.Transport).Distinct().Count());
        });

        async Task ExchangeAsync()
        {
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(WithoutGroup(pair.Alice.LocalDescription!));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Single(LineValues(pair.Alice.LocalDescription!.Sdp, "a=ice-ufrag:").Distinct());
            Assert.Single(LineValues(pair.Bob.LocalDescription!.Sdp, "a=ice-ufrag:").Distinct());
        }
    }

    [Fact]
    public void Offer_FromThePoolOfCandidates_HasOnePairOfCredentialsToo()
    {
        var pair =
            new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat, IceCandidatePoolSize = 2 });
        pair.Run(async () =>
        {
            AddOfEachKind(pair.Alice);
            await ExpectBrowserLinesAsync(pair.Alice, sections: 4);
        });
    }

    [Fact]
    public void SectionOfSound_HasTheLinesOfChromiumInItsOrder()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            var sdp = (await pair.Alice.CreateOfferAsync()).Sdp;
            string[] names =
                [.. sdp.Split("\r\n").Select(line => line.Split(':', ' ')[0]).Where(name =>
                    name is not ("a=extmap" or "a=rtpmap" or "a=fmtp" or "a=rtcp-fb" or ""))];
            Assert.Equal(
                [
                    "v=0", "o=-", "s=-", "t=0", "a=group", "a=extmap-allow-mixed", "a=msid-semantic", "m=audio", "c=IN", "a=rtcp",
                    "a=ice-ufrag", "a=ice-pwd", "a=ice-options",
                    "a=fingerprint", "a=setup", "a=mid", "a=sendrecv", "a=msid", "a=rtcp-mux", "a=rtcp-rsize", "a=ssrc", "a=ssrc",
                ],
                names);
            Assert.Contains("a=msid-semantic: WMS s\r\n", sdp);
        });
    }

    [Fact]
    public void Msid_HasTwoFieldsAlways_TheSecondOfEachTrackItsOwn()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var voice = new MediaStreamTrack(MediaKind.Audio);
            pair.Alice.AddTrack(voice, new MediaStream("one"), new MediaStream("two"));
            pair.Alice.AddTransceiver(voice);
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Streams = [new MediaStream("one")] });
            pair.Alice.AddTransceiver(new MediaStreamTrack(MediaKind.Video, id: "not a token"));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            string[] lines = LineValues(pair.Alice.LocalDescription!.Sdp, "a=msid:");
            Assert.Equal(["one", "two", "-", "one", "-"], lines.Select(line => line.Split(' ')[0]));
            Assert.All(lines, line => Assert.Matches("^[^ ]+ [A-Za-z0-9-]{1,64}$", line));
            Assert.Equal(voice.Id, lines[0].Split(' ')[1]);
            Assert.Equal(voice.Id, lines[1].Split(' ')[1]);
            Assert.Equal(4, lines.Select(line => line.Split(' ')[1]).Distinct().Count());

            // They stay, whatever becomes of direction and track; and answers have two fields too.
            pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.RecvOnly;
            await pair.Alice.GetSenders()[0].ReplaceTrackAsync(null);
            pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendRecv;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(lines, LineValues(pair.Alice.LocalDescription!.Sdp, "a=msid:"));
            Assert.Matches("^- [A-Za-z0-9-]{1,64}$", Assert.Single(LineValues(pair.Bob.LocalDescription!.Sdp, "a=msid:")));
        });
    }

    private static async Task ExpectBrowserLinesAsync(PeerConnection connection, int sections)
    {
        await connection.SetLocalDescriptionAsync();
        var sdp = connection.LocalDescription!.Sdp;
        var all = sdp.Split("\r\nm=")[1..];
        Assert.Equal(sections, all.Length);
        Assert.All(all, section =>
        {
            Assert.DoesNotMatch("^[a-z]+ 0 ", section);
            string[] lines =
                ["a=ice-ufrag:", "a=ice-pwd:", "a=ice-options:trickle\r\n", "a=fingerprint:sha-256 ", "a=setup:actpass\r\n", "a=mid:"];
            Assert.All(lines, line => Assert.Contains($"\r\n{line}", section));
            var isData = section.StartsWith("application", StringComparison.Ordinal);
            string[] media = ["a=rtcp:9 IN IP4 0.0.0.0\r\n", "a=rtcp-mux\r\n", "a=rtcp-rsize\r\n"];
            Assert.All(media, line => Assert.Equal(!isData, section.Contains($"\r\n{line}", StringComparison.Ordinal)));
        });
        Assert.Single(LineValues(sdp, "a=ice-ufrag:").Distinct());
        Assert.Single(LineValues(sdp, "a=ice-pwd:").Distinct());
        Assert.DoesNotContain(sdp.Split("\r\n"), line => NoBrowserWrites.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
    }

    private static void AddOfEachKind(PeerConnection connection)
    {
        connection.AddTransceiver(MediaKind.Audio);
        connection.AddTransceiver(MediaKind.Video);
        connection.AddTransceiver(MediaKind.Video);
        connection.CreateDataChannel("d");
    }

    private static string[] LineValues(string sdp, string start) =>
        [.. sdp.Split("\r\n").Where(line => line.StartsWith(start, StringComparison.Ordinal)).Select(line => line[start.Length..])];

    private static SessionDescription WithoutGroup(SessionDescription description) =>
        description with { Sdp = Regex.Replace(description.Sdp, "a=group:BUNDLE.*\r\n", "") };
}
