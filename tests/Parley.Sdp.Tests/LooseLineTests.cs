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

    [Fact]
    public void Flag_WithASpaceBehind_IsTheFlag()
    {
        var media = SdpDocument.Parse($"{Head}m=audio 9 RTP/SAVPF 0\r\na=rtcp-mux \r\na=sendonly \r\n").Media[0];
        Assert.True(media.RtcpMux);
        Assert.Equal(MediaDirection.SendOnly, media.Direction);
    }

    [Fact]
    public void Fingerprints_AreThoseThatCanBeRead() =>
        Assert.Single(SdpDocument.Parse($"{Head}m=audio 9 RTP/SAVPF 0\r\na=fingerprint:sha-256 AB:CD\r\na=fingerprint:sha-256 {Digest}\r\n").Media[0].Fingerprints);

    [Fact]
    public void Candidate_WithoutAFoundation_HasAnEmptyOne()
    {
        Assert.True(CandidateAttribute.TryParse("candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0", out var candidate));
        Assert.Equal(("", 1, "192.0.2.7", 19305), (candidate.Foundation, candidate.Component, candidate.Address, candidate.Port));
        Assert.Equal("candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0", candidate.ToString());
    }
}
