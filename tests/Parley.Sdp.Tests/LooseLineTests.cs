namespace Parley.Sdp.Tests;

/// <summary>
/// Lines that the RFCs have refused, that other stacks write, and that Chromium 156 ignores: they are taken, and written as they came.
/// </summary>
public sealed class LooseLineTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    private const string Digest = "A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90";

    [Theory]
    [InlineData("o=- -1 -2 IN IP4 127.0.0.1")]
    [InlineData("o=- 103bdb6f 1 IN IP4 127.0.0.1")]
    [InlineData("o=- 1.5 0x10 IN IP4 127.0.0.1")]
    [InlineData("o=- 5b1f63f2-42cb-4a9b-9a2e-1ad40ba4f0d1 1 IN IP4 127.0.0.1")]
    [InlineData("o=- 99999999999999999999 99999999999999999999 IN IP4 127.0.0.1")]
    [InlineData("o=- 1 2 IN IP4 ")]
    public void Origin_IsOpaque(string line)
    {
        var text = Head.Replace("o=- 1 1 IN IP4 0.0.0.0", line);
        Assert.Equal(text, SdpDocument.Parse(text).ToString());
    }

    [Theory]
    [InlineData("t=0")]
    [InlineData("t=-1 0")]
    [InlineData("t=now later")]
    [InlineData("t=0 0 0")]
    public void Timing_MeansNothing(string line)
    {
        var text = Head.Replace("t=0 0", line);
        Assert.Equal(text, SdpDocument.Parse(text).ToString());
    }

    [Theory]
    [InlineData("c=IN IP4 ")]
    [InlineData("c=IN IP4 1.2.3.4 5")]
    [InlineData("b=X-YZ:abc")]
    [InlineData("b=CT:abc")]
    [InlineData("b=:5")]
    [InlineData("a=mid:0\r\na=mid:0")]
    [InlineData("a=ice-ufrag:Yh7k")]
    [InlineData("a=sctp-port:x")]
    [InlineData("a=max-message-size:x")]
    [InlineData("a=sctp-init:x")]
    [InlineData("a=extmap:1 ")]
    [InlineData("a=ssrc:1 :x")]
    [InlineData("a=rid:a.b send\r\na=simulcast:send a.b")]
    [InlineData("x=foo")]
    [InlineData("t=0 0")]
    [InlineData("a=:bar")]
    [InlineData("a=rtcp:nowhere")]
    [InlineData("a=rtcp:9 IN IP4")]
    [InlineData("a=simulcast: send rid=f;h")]
    [InlineData("a=rid:f send\r\na=rid:f send")]
    [InlineData("a=sctpmap:x")]
    [InlineData("a=setup:ACTPASS")]
    [InlineData("a=rtpmap:97 foo")]
    [InlineData("a=candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0")]
    [InlineData("a=candidate:a:b%c 1 udp 2113932031 192.0.2.7 19305 typ host")]
    [InlineData("a=candidate:1 0 udp 2113932031 192.0.2.7 19305 typ host")]
    [InlineData("a=candidate:1 300 udp 2113932031 192.0.2.7 19305 typ host")]
    [InlineData("a=candidate:1 -1 udp 2113932031 192.0.2.7 19305 typ host")]
    [InlineData("a=fingerprint:sha-256 AB:CD\r\na=fingerprint:sha-256 " + Digest)]
    [InlineData("a=fingerprint:sha-256 " + Digest + "\r\na=fingerprint:sha-256 zz:CD")]
    public void SectionLine_IsTakenAndWrittenAsItCame(string line)
    {
        var text = $"{Head}m=audio 9 RTP/SAVPF 0\r\n{line}\r\n";
        var document = SdpDocument.Parse(text);
        Assert.Empty(SdpValidation.Check(document));
        Assert.Equal(text, document.ToString());
    }

    [Theory]
    [InlineData("a=ice-ufrag:ab")]
    [InlineData("a=ice-pwd:short")]
    public void SessionCredential_ThatNoSectionUses_IsIgnored(string line)
    {
        var own = "m=audio 9 RTP/SAVPF 0\r\na=ice-ufrag:Yh7k\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n";
        Assert.Empty(SdpValidation.Check(SdpDocument.Parse($"{Head}{line}\r\n{own}")));
        Assert.NotEmpty(SdpValidation.Check(SdpDocument.Parse($"{Head}{line}\r\n{own}m=audio 9 RTP/SAVPF 0\r\n")));
    }

    [Fact]
    public void Nul_MeansNothing()
    {
        var document = SdpDocument.Parse(Head.Replace("s=-", "s=a\0b") + "a=foo:\0\r\na=bar\r\n");
        Assert.Equal("ab", document.SessionName);
        Assert.Equal("bar", Assert.Single(document.Attributes).Name);
        Assert.Equal(Head.Replace("s=-", "s=ab") + "a=bar\r\n", document.ToString());
        Assert.False(SdpDocument.TryParse(Head + "c=IN IP4 \0", out _, out _));
    }

    [Fact]
    public void MediaLine_ThatSaysNothing_EndsTheDescription() =>
        Assert.Single(SdpDocument.Parse($"{Head}m=audio 9 RTP/SAVPF 0\r\na=mid:0\r\nm=\r\nm=audio 9 RTP/SAVPF 0\r\nwhatever\r\n").Media);

    [Fact]
    public void LongRid_IsNoRid()
    {
        var rid = new string('r', 300);
        var media = SdpDocument.Parse($"{Head}m=video 9 RTP/SAVPF 96\r\na=rid:{rid} send\r\na=rid:f send\r\na=simulcast:send {rid};f\r\n");
        Assert.Empty(SdpValidation.Check(media));
        Assert.Equal("f", Assert.Single(media.Media[0].Rids).Id);
        Assert.Equal([rid, "f"], media.Media[0].Simulcast!.Send.Select(alternatives => alternatives[0].Rid));
    }

    [Theory]
    [InlineData("candidate:{0} 1 udp 1 192.0.2.7 9 typ host")]
    [InlineData("candidate:1 1 udp 1 {0} 9 typ host")]
    public void Candidate_WithALongField_IsTakenUpToABound(string text)
    {
        Assert.True(CandidateAttribute.TryParse(string.Format(null, text, new string('x', 300)), out _));
        Assert.False(CandidateAttribute.TryParse(string.Format(null, text, new string('x', 5_000)), out _));
    }

    [Fact]
    public void Flag_WithASpaceBehind_IsTheFlag()
    {
        var media = SdpDocument.Parse($"{Head}m=audio 9 RTP/SAVPF 0\r\na=rtcp-mux \r\na=sendonly \r\n").Media[0];
        Assert.True(media.RtcpMux);
        Assert.Equal(MediaDirection.SendOnly, media.Direction);
    }

    [Fact]
    public void Fingerprints_AreThoseThatCanBeRead() =>
        Assert.Single(
            SdpDocument.Parse(
                $"{Head}m=audio 9 RTP/SAVPF 0\r\na=fingerprint:sha-256 AB:CD\r\na=fingerprint:sha-256 {Digest}\r\n").Media[0].Fingerprints);

    [Fact]
    public void Candidate_WithoutAFoundation_HasAnEmptyOne()
    {
        Assert.True(CandidateAttribute.TryParse("candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0", out var candidate));
        Assert.Equal(("", 1, "192.0.2.7", 19305), (candidate.Foundation, candidate.Component, candidate.Address, candidate.Port));
        Assert.Equal("candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0", candidate.ToString());
    }
}
