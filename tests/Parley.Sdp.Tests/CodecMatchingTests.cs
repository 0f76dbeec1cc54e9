namespace Parley.Sdp.Tests;

public sealed class CodecMatchingTests
{
    [Theory]
    [InlineData("42e01f", "42e01f", true)]
    [InlineData("42e01f", "42e034", true)]
    [InlineData("42e01f", "42001f", false)]
    [InlineData("42e01f", "4d8001", true)] // Main with constraint_set0 is Constrained Baseline
    [InlineData("42e01f", null, true)]
    [InlineData("4d001f", "64001f", false)]
    [InlineData("640c1f", "64001f", false)]
    [InlineData("42e01f", "zzzzzz", false)]
    public void H264_Profiles_MatchBySet(string ours, string? theirs, bool match)
    {
        var local = H264($"packetization-mode=1;profile-level-id={ours}");
        var offered = H264(theirs is null ? "packetization-mode=1" : $"packetization-mode=1;profile-level-id={theirs}");
        Assert.Equal(match, CodecMatching.Matches(offered, local));
    }

    [Fact]
    public void H264_PacketizationModeAbsent_IsZero()
    {
        Assert.False(CodecMatching.Matches(H264("profile-level-id=42e01f"), H264("profile-level-id=42e01f;packetization-mode=1")));
        Assert.True(CodecMatching.Matches(H264("profile-level-id=42e01f"), H264("profile-level-id=42e01f;packetization-mode=0")));
    }

    [Theory]
    [InlineData("level-asymmetry-allowed=1;profile-level-id=42e034", "level-asymmetry-allowed=1;profile-level-id=42e01f", "42e01f")]
    [InlineData("level-asymmetry-allowed=1;profile-level-id=42e00d", "level-asymmetry-allowed=1;profile-level-id=42e01f", "42e01f")]
    [InlineData("profile-level-id=42e00d", "level-asymmetry-allowed=1;profile-level-id=42e01f", "42e00d")]
    [InlineData("profile-level-id=42f00b", "profile-level-id=42e00b", "42f00b")] // 1b lies under 1.1
    [InlineData("profile-level-id=42f00b", "profile-level-id=42e00a", "42e00a")] // and above 1
    public void H264_Answer_StatesTheLevel(string offered, string local, string level) =>
        Assert.Contains($"profile-level-id={level}", CodecMatching.AnswerParameters(H264(offered), H264(local)));

    [Fact]
    public void Vp9_ProfileAbsent_IsZero()
    {
        Assert.True(CodecMatching.Matches(new(98, "VP9", 90_000), new(98, "vp9", 90_000, 1, "profile-id=0")));
        Assert.False(CodecMatching.Matches(new(98, "VP9", 90_000), new(98, "VP9", 90_000, 1, "profile-id=2")));
    }

    [Fact]
    public void Av1_Answer_StatesTheLowerLevel()
    {
        var local = new CodecDescription(45, "AV1", 90_000, 1, "level-idx=8;profile=0;tier=0");
        Assert.Equal("level-idx=5;profile=0;tier=0", CodecMatching.AnswerParameters(new(45, "AV1", 90_000), local));
        Assert.False(CodecMatching.Matches(new(45, "AV1", 90_000, 1, "profile=1"), local));
    }

    [Fact]
    public void Opus_Channels_MustBeTwo() => Assert.False(CodecMatching.Matches(new(96, "opus", 48_000), new(111, "opus", 48_000, 2)));

    [Theory]
    [InlineData("0-15", "0-11,16", "0-11")]
    [InlineData(null, "0-11", "0-11")]
    [InlineData("1,3,5-7", "0-15", "1,3,5-7")]
    [InlineData("16", "0-15", null)]
    public void TelephoneEvent_Answer_StatesCommonEvents(string? offered, string? local, string? answer) => Assert.Equal(
        answer,
        CodecMatching.AnswerParameters(new(101, "telephone-event", 8_000, 1, offered), new(101, "telephone-event", 8_000, 1, local)));

    [Fact]
    public void ChromiumOffer_Intersected_KeepsOnlyWhatItsMediaNeeds()
    {
        var offered = CodecDescription.ReadFrom(Descriptions.Read("chromium-offer-audio-video-data").Media[1]);
        var vp8 = offered.First(codec => codec.Is("VP8"));
        CodecDescription[] local =
        [
            new(100, "VP8", 90_000) { Feedback = [new RtcpFeedback(100, "nack"), new RtcpFeedback(100, "nack", "pli")] },
            new(101, "rtx", 90_000, 1, "apt=100"),
        ];
        var answer = CodecMatching.Intersect(offered, local);
        Assert.Equal(["VP8", "rtx"], answer.Select(codec => codec.Name));
        Assert.Equal(vp8.PayloadType, answer[0].PayloadType);
        Assert.Equal(vp8.PayloadType, answer[1].AssociatedPayloadType);
        Assert.Equal(["nack", "nack pli"], answer[0].Feedback.Select(line => $"{line.Type} {line.Parameter}".TrimEnd()));
    }

    [Fact]
    public void Red_OfUnknownMedia_IsLeftOut()
    {
        CodecDescription[] offered = [new(111, "opus", 48_000, 2), new(63, "red", 48_000, 2, "111/111"), new(0, "PCMU", 8_000)];
        CodecDescription[] local = [new(0, "PCMU", 8_000), new(63, "red", 48_000, 2)];
        Assert.Equal(["PCMU"], CodecMatching.Intersect(offered, local).Select(codec => codec.Name));
    }

    [Fact]
    public void FirefoxFeedback_Star_AppliesToEachFormat()
    {
        var codecs = CodecDescription.ReadFrom(Descriptions.Read("handwritten-firefox-offer").Media[1]);
        Assert.All(codecs, codec => Assert.Contains(new RtcpFeedback(codec.PayloadType, "transport-cc"), codec.Feedback));
    }

    private static CodecDescription H264(string parameters) => new(102, "H264", 90_000, 1, parameters);
}
