namespace Parley.Sdp.Tests;

public sealed class BrokenInputTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";

    [Theory]
    [InlineData("", 1, SdpErrorReason.Empty)]
    [InlineData("\r\n\r\n", 1, SdpErrorReason.Empty)]
    [InlineData("o=- 1 1 IN IP4 0.0.0.0", 1, SdpErrorReason.MissingVersion)]
    [InlineData("v=0", 2, SdpErrorReason.MissingOrigin)]
    [InlineData("v=0\ns=-", 2, SdpErrorReason.MissingOrigin)]
    [InlineData("v=0\no=- 1 IN IP4 0.0.0.0", 2, SdpErrorReason.InvalidOrigin)]
    [InlineData("v=0\no=- 1 1 IN IP4 0.0.0.0", 3, SdpErrorReason.MissingSessionName)]
    [InlineData("v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-", 4, SdpErrorReason.MissingTiming)]
    [InlineData("v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nm=audio 9 RTP/AVP 0", 4, SdpErrorReason.MissingTiming)]
    [InlineData("v=", 1, SdpErrorReason.MissingVersion)]
    [InlineData("v=0\no=- 1 1 IN IP4 0.0.0.0 x", 2, SdpErrorReason.InvalidOrigin)]
    [InlineData("v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=", 4, SdpErrorReason.InvalidTiming)]
    public void Session_Broken_NamesLineAndReason(string text, int line, SdpErrorReason reason) => Expect(text, line, reason);

    [Theory]
    [InlineData("garbage", 5, SdpErrorReason.InvalidLine)]
    [InlineData("\r\na=x", 5, SdpErrorReason.InvalidLine)]
    [InlineData("a=x\ry", 5, SdpErrorReason.InvalidLine)]
    [InlineData("A=1", 5, SdpErrorReason.UnknownLineType)]
    [InlineData("c=IN IP4", 5, SdpErrorReason.InvalidConnection)]
    [InlineData("b=AS", 5, SdpErrorReason.InvalidBandwidth)]
    [InlineData("b=AS:-1", 5, SdpErrorReason.InvalidBandwidth)]
    [InlineData("a=", 5, SdpErrorReason.InvalidAttribute)]
    [InlineData("a= x", 5, SdpErrorReason.InvalidAttribute)]
    [InlineData("b=TIAS:many", 5, SdpErrorReason.InvalidBandwidth)]
    [InlineData("m=audio", 5, SdpErrorReason.InvalidMedia)]
    [InlineData("m=audio 9 RTP/AVP", 5, SdpErrorReason.InvalidMedia)]
    [InlineData("m=audio 65536 RTP/AVP 0", 5, SdpErrorReason.InvalidMedia)]
    [InlineData("m=audio 9/0 RTP/AVP 0", 5, SdpErrorReason.InvalidMedia)]
    public void Body_Broken_NamesLineAndReason(string body, int line, SdpErrorReason reason) => Expect(Head + body, line, reason);

    [Fact]
    public void Bounds_Exceeded_AreNamed()
    {
        Expect(new string('v', SdpDocument.MaximumLength + 1), 1, SdpErrorReason.TooLong);
        Expect(
            Head + string.Concat(Enumerable.Repeat("a=x\n", SdpDocument.MaximumLines)),
            SdpDocument.MaximumLines + 1,
            SdpErrorReason.TooManyLines);
        Expect(
            Head + string.Concat(Enumerable.Repeat("m=a 0 b c\n", SdpDocument.MaximumMedia + 1)),
            SdpDocument.MaximumMedia + 5,
            SdpErrorReason.TooManyMedia);
    }

    [Fact]
    public void Parse_Broken_ThrowsWithTruncatedLine()
    {
        var thrown = Assert.Throws<SdpFormatException>(() => SdpDocument.Parse(Head + "b=" + new string('x', 5_000)));
        Assert.Equal(5, thrown.Error.LineNumber);
        Assert.Equal(SdpParseError.MaximumLineLength, thrown.Error.Line.Length);
    }

    [Fact]
    public void Write_LineBreakInValue_Throws()
    {
        var document = new SdpDocument();
        document.Add("x", "y\r\na=evil");
        Assert.Throws<InvalidOperationException>(document.ToString);
    }

    private static void Expect(string text, int line, SdpErrorReason reason)
    {
        Assert.False(SdpDocument.TryParse(text, out var document, out var error));
        Assert.Null(document);
        Assert.Equal((line, reason), (error.LineNumber, error.Reason));
    }
}
