using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>Sound with redundancy (RFC 2198): offered behind what it repeats, answered to who offers it.</summary>
public class RedundancyTests
{
    [Fact]
    public void Offer_OfSound_NamesRedundancyOfOpusBehindIt() => Run(async pair =>
    {
        pair.Alice.AddTransceiver(MediaKind.Audio);
        var sdp = (await pair.Alice.CreateOfferAsync()).Sdp;
        Assert.Contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 ", sdp);
        Assert.Contains("a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n", sdp);
        Assert.Contains(RtpReceiver.GetCapabilities(MediaKind.Audio).Codecs, codec =>
            codec is { MimeType: "audio/red", ClockRate: 48_000, Channels: 2, SdpFmtpLine: "111/111" });
    });

    [Fact]
    public void Numbers_OfThePeer_AreRepeatedInTheAnswerAndKeptInLaterOffers() => Run(async pair =>
    {
        pair.Alice.AddTransceiver(MediaKind.Audio);
        await pair.Alice.SetLocalDescriptionAsync();

        // Only where payload types stand: a fingerprint may end in the same digits.
        var offer = Regex.Replace(pair.Alice.LocalDescription!.Sdp, "(m=audio|a=rtpmap:|a=fmtp:|a=rtcp-fb:)[^\r]*\r", line =>
            Regex.Replace(line.Value, "\\b(111|63)\\b(?=[ /\r])", match => match.Value == "111" ? "120" : "121"));
        await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, offer));
        await pair.Bob.SetLocalDescriptionAsync();
        foreach (var sdp in (string[])[pair.Bob.LocalDescription!.Sdp, (await pair.Bob.CreateOfferAsync()).Sdp])
        {
            Assert.Contains("a=rtpmap:120 opus/48000/2\r\n", sdp);
            Assert.Contains("a=rtpmap:121 red/48000/2\r\na=fmtp:121 120/120\r\n", sdp);
            Assert.Single(Regex.Matches(sdp, " red/"));
        }
    });

    [Theory]
    [InlineData("audio/PCMU audio/red", "0")]
    [InlineData("audio/opus", "111")]
    [InlineData("audio/red audio/opus", "63 111")]
    [InlineData("audio/opus audio/red", "111 63")]
    public void Preferences_DecideOfRedundancy_WhichIsOfNoUseAlone(string preferred, string numbers) => Run(async pair =>
    {
        var codecs = RtpReceiver.GetCapabilities(MediaKind.Audio).Codecs;
        pair.Alice.AddTransceiver(MediaKind.Audio)
            .SetCodecPreferences([.. preferred.Split(' ').Select(name => codecs.First(codec => codec.MimeType == name))]);
        Assert.Contains($"m=audio 9 UDP/TLS/RTP/SAVPF {numbers}\r\n", (await pair.Alice.CreateOfferAsync()).Sdp);
    });

    private static void Run(Func<Pair, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(() => scenario(pair));
    }
}
