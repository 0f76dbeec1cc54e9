namespace Parley.Sdp.Tests;

public sealed class ValidationTests
{
    private const string Head = "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\n";
    private const string Audio = Head + "m=audio 9 UDP/TLS/RTP/SAVPF 96\n";

    [Theory]
    [InlineData("a=mid:0\nm=video 9 UDP/TLS/RTP/SAVPF 97\na=mid:0", 8, SdpErrorReason.DuplicateMid)]
    [InlineData("a=mid:0\na=mid:1", 7, SdpErrorReason.DuplicateMid)]
    [InlineData("a=mid:a b", 6, SdpErrorReason.InvalidMid)]
    [InlineData("a=ice-ufrag:abc\na=ice-pwd:0123456789012345678901", 6, SdpErrorReason.InvalidIceUfrag)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:012345678901234567890", 7, SdpErrorReason.InvalidIcePwd)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901!", 7, SdpErrorReason.InvalidIcePwd)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 0\na=rtpmap:0 opus/48000/2", 7, SdpErrorReason.ConflictingPayloadType)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 0\na=rtpmap:0 opus/-1/2", 7, SdpErrorReason.InvalidRtpMap)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 0\na=rtpmap:0 PCMU/16000", 7, SdpErrorReason.ConflictingPayloadType)]
    [InlineData("a=candidate:1 1 udp 1 127.0.0.1 65536 typ host", 6, SdpErrorReason.InvalidCandidate)]
    [InlineData("a=fingerprint:sha-256 AB:CD", 6, SdpErrorReason.InvalidFingerprint)]
    [InlineData("a=setup:maybe", 6, SdpErrorReason.InvalidSetup)]
    [InlineData("a=extmap:x urn:x", 6, SdpErrorReason.InvalidExtMap)]
    [InlineData("a=extmap:0 urn:x", 6, SdpErrorReason.ExtMapIdOutOfRange)]
    [InlineData("a=extmap:256 urn:x", 6, SdpErrorReason.ExtMapIdOutOfRange)]
    [InlineData("a=extmap:1 urn:x\na=extmap:1 urn:y", 7, SdpErrorReason.ConflictingExtMap)]
    [InlineData("a=rtpmap:128 VP8/90000", 6, SdpErrorReason.PayloadTypeOutOfRange)]
    [InlineData("a=rtpmap:96 VP8", 6, SdpErrorReason.InvalidRtpMap)]
    [InlineData("a=rtpmap:96 VP8/90000\na=rtpmap:96 H264/90000", 7, SdpErrorReason.ConflictingPayloadType)]
    [InlineData("a=simulcast:up 1", 6, SdpErrorReason.InvalidSimulcast)]
    [InlineData("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=sctp-port:65536", 7, SdpErrorReason.InvalidSctpPort)]
    [InlineData("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=max-message-size:big", 7, SdpErrorReason.InvalidMaxMessageSize)]
    [InlineData("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=sctp-init", 7, SdpErrorReason.InvalidSctpInit)]
    [InlineData(
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=sctp-init:AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoL", 7,
        SdpErrorReason.InvalidSctpInit)]
    [InlineData("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=sctp-init:AQAA Hols", 7, SdpErrorReason.InvalidSctpInit)]
    [InlineData("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=sctp-init:AQ_A", 7, SdpErrorReason.InvalidSctpInit)]
    [InlineData("a=ssrc:x cname:y", 6, SdpErrorReason.InvalidSsrc)]
    [InlineData("a=ssrc-group:FID x", 6, SdpErrorReason.InvalidSsrcGroup)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 128", 6, SdpErrorReason.PayloadTypeOutOfRange)]
    public void Section_Broken_NamesLineAndReason(string lines, int line, SdpErrorReason reason)
    {
        var error = Assert.Single(SdpValidation.Check(SdpDocument.Parse(Audio + lines)));
        Assert.Equal((line, reason), (error.LineNumber, error.Reason));
    }

    [Theory]
    [InlineData("a=group:BUNDLE 0 1\nm=audio 9 RTP/SAVPF 0\na=mid:0", 5, SdpErrorReason.UnknownBundleMid)]
    [InlineData("a=group:BUNDLE 0\na=group:BUNDLE 0\nm=audio 9 RTP/SAVPF 0\na=mid:0", 6, SdpErrorReason.DuplicateBundleMid)]
    public void Bundle_Broken_NamesLineAndReason(string lines, int line, SdpErrorReason reason)
    {
        var error = Assert.Single(SdpValidation.Check(SdpDocument.Parse(Head + lines)));
        Assert.Equal((line, reason), (error.LineNumber, error.Reason));
    }

    [Theory]
    [InlineData(SdpRequirements.Fingerprint, SdpErrorReason.MissingFingerprint)]
    [InlineData(SdpRequirements.IceCredentials, SdpErrorReason.MissingIceCredentials)]
    [InlineData(SdpRequirements.Setup, SdpErrorReason.MissingSetup)]
    [InlineData(SdpRequirements.Mid, SdpErrorReason.MissingMid)]
    public void Requirement_NotMet_NamesTheSection(SdpRequirements requirement, SdpErrorReason reason)
    {
        var document = SdpDocument.Parse(Audio);
        Assert.Empty(SdpValidation.Check(document));
        var error = Assert.Single(SdpValidation.Check(document, requirement));
        Assert.Equal((5, reason), (error.LineNumber, error.Reason));
    }

    // What Chromium 156 takes, or aiortc 1.4 makes.
    [Theory]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=extmap:15 urn:x", 6, SdpErrorReason.ExtMapIdOutOfRange)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=sendonly\na=recvonly", 7, SdpErrorReason.DuplicateDirection)]
    [InlineData(
        "a=group:BUNDLE 0 1\nm=audio 9 RTP/SAVPF 96\na=mid:0\na=rtpmap:96 opus/48000/2\nm=video 9 RTP/SAVPF 96\na=mid:1\n"
        + "a=rtpmap:96 VP8/90000",
        11, SdpErrorReason.ConflictingPayloadType)]
    [InlineData(
        "a=group:BUNDLE 0 1\nm=audio 9 RTP/SAVPF 0\na=mid:0\na=extmap:2 urn:x\nm=video 9 RTP/SAVPF 0\na=mid:1\na=extmap:2 urn:y", 11,
        SdpErrorReason.ConflictingExtMap)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=ice-ufrag:abcd", 5, SdpErrorReason.MissingIceCredentials)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\na=mid:0", 7, SdpErrorReason.DuplicateMid)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=sctp-port:x", 6, SdpErrorReason.InvalidSctpPort)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=rid:! send", 6, SdpErrorReason.InvalidRid)]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=rid:1 send\na=rid:1 send", 7, SdpErrorReason.DuplicateRid)]
    [InlineData("a=group:BUNDLE 0 0\nm=audio 9 RTP/SAVPF 0\na=mid:0", 5, SdpErrorReason.DuplicateBundleMid)]
    public void LooseDescription_Checked_IsNamedToTheStrictAlone(string lines, int line, SdpErrorReason reason)
    {
        var document = SdpDocument.Parse(Head + lines);
        Assert.Empty(SdpValidation.Check(document));
        var error = Assert.Single(SdpValidation.Check(document, SdpRequirements.Strict));
        Assert.Equal((line, reason), (error.LineNumber, error.Reason));
    }

    [Fact]
    public void Mid_OfMoreThan255Characters_IsMalformed()
    {
        Assert.Empty(SdpValidation.Check(SdpDocument.Parse(Audio + "a=mid:" + new string('x', 255))));
        Assert.Equal(
            SdpErrorReason.InvalidMid,
            Assert.Single(SdpValidation.Check(SdpDocument.Parse(Audio + "a=mid:" + new string('x', 256)))).Reason);
    }

    [Fact]
    public void RejectedSection_WithoutTransport_NeedsNone() =>
        Assert.Empty(
            SdpValidation.Check(
                SdpDocument.Parse(Head + "m=audio 0 RTP/SAVPF 0"), SdpRequirements.Fingerprint | SdpRequirements.IceCredentials));

    [Fact]
    public void BrokenRid_Read_IsLeftOutOfTheView() => Assert.Empty(SdpDocument.Parse(Audio + "a=rid:! send").Media[0].Rids);
}
