using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Descriptions of the field on which Parley and Chromium 156 differed: what Chromium takes is taken; what would be half understood is
/// refused.
/// </summary>
public class LooseDescriptionTests
{
    private const string Fingerprint =
        "a=fingerprint:sha-256 A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90\r\n";

    private const string Answer =
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
        + "a=mid:0\r\na=ice-ufrag:Yh7k\r\n"
        + "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" + Fingerprint
        + "a=setup:active\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

    [Fact]
    public void SctpPortZero_WhichAsksForNoAssociation_IsTaken()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("data");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            await pair.Alice.SetRemoteDescriptionAsync(
                answer with { Sdp = answer.Sdp.Replace("a=sctp-port:5000", "a=sctp-port:0", StringComparison.Ordinal) });
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
        });
    }

    [Theory]
    [InlineData("o=- 1 2 IN IP4 127.0.0.1", "o=- 1 2 IN IP4 ")]
    [InlineData("s=-", "s=\0")]
    [InlineData("a=mid:0", "a=mid:0\r\na=mid:0")]
    [InlineData("a=mid:0", "a=mid:0\r\na=foo:\0")]
    [InlineData("a=mid:0", "a=mid:0\r\na=sctp-port:x\r\na=max-message-size:x")]
    [InlineData("a=mid:0", "a=mid:0\r\na=ssrc:1 :x")]
    [InlineData("a=mid:0", "a=mid:0\r\na=rid:a.b send\r\na=simulcast:send a.b")]
    [InlineData("a=mid:0", "a=mid:0\r\na=rid:f send\r\na=simulcast:send f")]
    [InlineData(
        "a=mid:0",
        "a=mid:0\r\na=rid:f send\r\na=rid:h send\r\na=simulcast:send f;h\r\na=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id")]
    [InlineData("c=IN IP4 0.0.0.0", "c=IN IP4 0.0.0.0\r\nb=:5")]
    [InlineData("opus/48000/2\r\n", "opus/48000/2\r\nm=\r\n")]
    [InlineData("opus/48000/2", "opus/-1/2")]
    [InlineData("a=group", "a=ice-ufrag:ab\r\na=ice-pwd:short\r\na=group")]
    [InlineData("a=ice-ufrag:Yh7k\r\n", "", "a=group", "a=ice-ufrag:Yh7k\r\na=group")]
    [InlineData("a=group:BUNDLE 0\r\nm=audio 9", "m=audio 0", "a=mid:0", "a=mid:0\r\na=bundle-only")]
    [InlineData("a=mid:0", "a=mid:0\r\na=fingerprint:md5 A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90")]
    [InlineData("a=mid:0", "a=mid:0\r\na=msid:s t\r\na=msid:u t")]
    public void WhatChromiumTakes_IsTaken(params string[] pairs)
    {
        Assert.True(IsTaken(SdpType.Answer, Changed(pairs)));
        Assert.True(IsTaken(SdpType.Offer, Changed(pairs).Replace("setup:active", "setup:actpass", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a=mid:0", "a=mid:0\r\na=mid:1")]
    [InlineData("a=ice-ufrag:Yh7k\r\n", "", "a=group", "a=ice-ufrag:ab\r\na=group")]
    [InlineData("a=ice-ufrag:Yh7k\r\n", "")]
    [InlineData("SAVPF 111", "SAVPF 0", "rtpmap:111", "rtpmap:0")]
    [InlineData("a=mid:0", "a=mid:0\r\na=msid:s t\r\na=msid:s u")]
    [InlineData("a=mid:0", "a=mid:0\r\na=ssrc:1 cname:x\r\na=ssrc:1 msid:a b\r\na=ssrc:2 cname:x\r\na=ssrc:2 msid:c d")]
    [InlineData("a=mid:0", "a=mid:0\r\na=ssrc-group:FID 1 1")]
    [InlineData(Fingerprint, "a=fingerprint:md5 A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90\r\n")]
    [InlineData("sha-256", "sha-999")]
    [InlineData("sha-256", "sha3-256")]
    public void WhatWouldBeHalfUnderstood_IsRefused(params string[] pairs)
    {
        Assert.False(IsTaken(SdpType.Answer, Changed(pairs)));
        Assert.False(IsTaken(SdpType.Offer, Changed(pairs).Replace("setup:active", "setup:actpass", StringComparison.Ordinal)));
    }

    [Fact]
    public void Extension_WithoutAName_InAnOffer_IsIgnored() =>
        Assert.True(IsTaken(SdpType.Offer, Changed("setup:active", "setup:actpass") + "a=extmap:1 \r\n"));

    // RFC 8285 §6: a packet that is on its way would be read wrong.
    [Theory]
    [InlineData("urn:ietf:params:rtp-hdrext:sdes:mid", false)]
    [InlineData("urn:ietf:params:rtp-hdrext:ssrc-audio-level", true)]
    [InlineData("urn:unknown", true)]
    [InlineData("", true)]
    public void AnId_ThatTheOfferGaveToAnother_IsRefusedInTheFirstAnswer_OfExtensionsThatWereOffered(string uri, bool taken) =>
        Assert.Equal(taken, IsTaken(SdpType.Answer, $"{Answer}a=extmap:1 {uri}\r\n"));

    [Theory]
    [InlineData("a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level", false)]
    [InlineData("a=extmap:3 urn:unknown", false)]
    [InlineData("a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid", true)]
    [InlineData("a=extmap:5 urn:unknown", true)]
    [InlineData("a=foo", true)]
    public void AnId_ThatWasNegotiated_KeepsItsMeaningInALaterOffer(string line, bool taken)
    {
        var offer = Changed("setup:active", "setup:actpass");
        var pair = new Pair();
        pair.Run(async () =>
        {
            await pair.Alice.SetRemoteDescriptionAsync(
                new SessionDescription(SdpType.Offer, offer + "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"));
            await pair.Alice.SetLocalDescriptionAsync();
            var again = pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, $"{offer}{line}\r\n"));
            Assert.Equal(taken, await SucceedsAsync(again));
            Assert.Equal(taken ? SignalingState.HaveRemoteOffer : SignalingState.Stable, pair.Alice.SignalingState);
        });
    }

    private static string Changed(params string[] pairs)
    {
        var sdp = Answer;
        foreach (var pair in pairs.Chunk(2))
        {
            Assert.Contains(pair[0], sdp, StringComparison.Ordinal);
            sdp = sdp.Replace(pair[0], pair[1], StringComparison.Ordinal);
        }

        return sdp;
    }

    private static bool IsTaken(SdpType type, string sdp)
    {
        var pair = new Pair();
        var taken = false;
        pair.Run(async () =>
        {
            if (type == SdpType.Answer)
            {
                pair.Alice.AddTransceiver(MediaKind.Audio);
                await pair.Alice.SetLocalDescriptionAsync();
            }

            taken = await SucceedsAsync(pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(type, sdp)));
            if (taken && type == SdpType.Offer)
            {
                await pair.Alice.SetLocalDescriptionAsync();
            }

            // Neither breaks the connection.
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.NotEqual(SignalingState.Closed, pair.Alice.SignalingState);
        });
        return taken;
    }

    private static async Task<bool> SucceedsAsync(Task operation)
    {
        try
        {
            await operation;
            return true;
        }
        catch (RtcException)
        {
            return false;
        }
    }
}
