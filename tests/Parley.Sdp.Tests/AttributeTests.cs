namespace Parley.Sdp.Tests;

public sealed class AttributeTests
{
    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("a=candidate:")]
    public void Candidate_AnyPrefix_ReadsTheSame(string prefix)
    {
        const string Text =
            "1 2 UDP 2130706431 4d1f.local 5000 typ srflx raddr 0.0.0.0 rport 9 generation 0 ufrag abcd network-id 1 network-cost 50";
        Assert.True(CandidateAttribute.TryParse(prefix + Text, out var candidate));
        Assert.Equal("candidate:" + Text, candidate.ToString());
        Assert.Equal(("srflx", "0.0.0.0", 9, "abcd"), (candidate.Type, candidate.RelatedAddress, candidate.RelatedPort, candidate.Ufrag));
        Assert.True(candidate.IsMulticastDns);
        Assert.Equal(2, candidate.Component);
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("1 1 udp 4294967296 127.0.0.1 1 typ host")]
    [InlineData("1 1 udp 1 127.0.0.1 1 type host")]
    [InlineData("1 1 udp 1 127.0.0.1 1 typ")]
    [InlineData("1 1 udp 1 127.0.0.1 1 typ srflx rport x")]
    [InlineData("1 1 udp 1 127.0.0.1 1 typ host\r\na=evil")]
    [InlineData("\n1 1 udp 1 127.0.0.1 1 typ host")]
    public void Candidate_Broken_IsRefused(string text) => Assert.False(CandidateAttribute.TryParse(text, out _));

    [Fact]
    public void SctpInit_WrittenAndRead_IsTheSame()
    {
        var media = new MediaDescription("application", 9, "UDP/DTLS/SCTP", ["webrtc-datachannel"]);
        Assert.Null(media.SctpInit);
        media.SctpInit = [1, 0, 0, 30, 250, 251];
        Assert.Contains("a=sctp-init:AQAAHvr7", media.ToString());
        Assert.Equal([1, 0, 0, 30, 250, 251], media.SctpInit);
        media.SctpInit = null;
        Assert.DoesNotContain("sctp-init", media.ToString());
        media.Add("sctp-init", "AQAA Hvr7");
        Assert.Null(media.SctpInit);
    }

    [Fact]
    public void Candidate_EveryTruncation_NeverThrows()
    {
        const string Text = "candidate:1 1 tcp 1518083839 ::1 9 typ host tcptype active generation 0";
        for (int length = 0; length <= Text.Length; length++)
        {
            CandidateAttribute.TryParse(Text.AsSpan(0, length), out _);
        }

        Assert.True(CandidateAttribute.TryParse(Text, out var candidate));
        Assert.Equal("active", candidate.TcpType);
    }

    [Fact]
    public void Fingerprint_LowerCase_IsReadAndWrittenUpperCase()
    {
        string digits = string.Join(':', Enumerable.Range(0xA0, 32).Select(value => value.ToString("x2")));
        Assert.True(Fingerprint.TryParse("SHA-256 " + digits, out var fingerprint));
        Assert.Equal("sha-256 " + digits.ToUpperInvariant(), fingerprint.ToString());
        Assert.Equal(0xA1, fingerprint.Bytes[1]);
        Assert.Equal(fingerprint, new Fingerprint("sha-256", fingerprint.Bytes));
    }

    [Theory]
    [InlineData(MediaDirection.SendRecv, MediaDirection.SendRecv)]
    [InlineData(MediaDirection.SendOnly, MediaDirection.RecvOnly)]
    [InlineData(MediaDirection.RecvOnly, MediaDirection.SendOnly)]
    [InlineData(MediaDirection.Inactive, MediaDirection.Inactive)]
    public void Direction_Reversed_IsTheOtherSides(MediaDirection direction, MediaDirection other)
    {
        Assert.Equal(other, direction.Reverse());
        Assert.Equal(MediaDirection.Inactive, MediaDirection.SendOnly.Intersect(MediaDirection.RecvOnly));
    }

    [Fact]
    public void Simulcast_AlternativesAndPaused_AreRead()
    {
        Assert.True(SimulcastAttribute.TryParse("recv 4 send 1,~5;~2", out var simulcast));
        Assert.Equal([new SimulcastStream("1"), new SimulcastStream("5", true)], simulcast.Send[0]);
        Assert.True(simulcast.Send[1][0].IsPaused);
        Assert.Equal("4", simulcast.Receive[0][0].Rid);
        Assert.Equal("recv 4 send 1,~5;~2", simulcast.ToString());
    }

    [Fact]
    public void Rid_PayloadTypesAndRestrictions_AreRead()
    {
        Assert.True(RidAttribute.TryParse("hi send pt=96,97;max-width=1280;max-fps=30", out var rid));
        Assert.Equal([96, 97], rid.PayloadTypes);
        Assert.Equal(new FormatParameter("max-fps", "30"), rid.Restrictions[1]);
    }

    [Fact]
    public void View_Set_KeepsItsPlaceAndTheUnknown()
    {
        var media = new MediaDescription("audio", 9, "UDP/TLS/RTP/SAVPF", "0");
        media.Add("x-first");
        media.Direction = MediaDirection.SendOnly;
        media.Add("x-last", "1");
        media.Direction = MediaDirection.Inactive;
        media.Mid = "7";
        media.RtcpMux = true;
        media.RtcpMux = false;
        media.AddCandidate(new CandidateAttribute("1", 1, "udp", 1, "127.0.0.1", 5, "host"));
        Assert.Equal(
            "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=x-first\r\na=inactive\r\na=x-last:1\r\na=mid:7\r\n"
            + "a=candidate:1 1 udp 1 127.0.0.1 5 typ host\r\n",
            media.ToString());
    }

    [Fact]
    public void Document_Made_IsWrittenInOrderAndReadBack()
    {
        var document = new SdpDocument { Origin = new SdpOrigin("-", 5, 2), IceOptions = ["trickle", "ice2"], BundleGroups = [["0"]] };
        document.Groups = [.. document.Groups, new SdpGroup("LS", ["0"])];
        document.BundleGroups = [["0", "1"]];
        Assert.Equal(
            "v=0\r\no=- 5 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\na=group:LS 0\r\n",
            document.ToString());
        Assert.Equal(document.ToString(), SdpDocument.Parse(document.ToString()).ToString());
    }
}
